// Shows the API's own document, with nothing that leads away from this server.
const DOCUMENT = "/openapi.json";

// The form to try a call holds an empty field against the schema of a text, and warns where a time may be left out. A
// list of one type says the same and is not held against anything: the server refuses a wrong time, and says why.
function withoutWarnings(openapi) {
  const operations = Object.values(openapi.paths).flatMap(Object.values);
  const parameters = operations.flatMap((operation) => operation.parameters ?? []);
  for (const { required, schema } of parameters) {
    if (!required && schema?.type === "string" && schema.format) {
      schema.type = [schema.type];
    }
  }
  return openapi;
}

async function load(...request) {
  const response = await fetch(...request);
  const { pathname } = new URL(response.url);
  return pathname === DOCUMENT && response.ok ? Response.json(withoutWarnings(await response.json())) : response;
}

// In a narrow window the response stands below the form, where it would come unseen. It grows while it is being shown.
function showResponse() {
  const response = document.querySelector("section[aria-label=Response]");
  if (response) {
    const growth = new ResizeObserver(() => response.scrollIntoView());
    growth.observe(response);
    setTimeout(() => growth.disconnect(), 1000);
  }
}

Scalar.createApiReference("#reference", {
  url: DOCUMENT,
  customFetch: load,
  onResponseReceived: showResponse,
  // Without the slash at the end that the document's "/" would leave in front of every path.
  servers: [{ url: window.location.origin, description: "The server that this page comes from" }],
  // Fonts, telemetry, the assistant and the tools around it would all be asked of other hosts.
  withDefaultFonts: false,
  telemetry: false,
  agent: { disabled: true },
  mcp: { disabled: true },
  hideClientButton: true,
  showDeveloperTools: "never",
  // A pasted token is forgotten with the page.
  persistAuth: false,
  authentication: { preferredSecurityScheme: "bearer" },
  defaultHttpClient: { targetKey: "shell", clientKey: "curl" },
  documentDownloadType: "json",
  metaData: { title: "Hemera service API" },
});
