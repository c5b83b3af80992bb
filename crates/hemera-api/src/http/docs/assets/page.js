// Shows the API's own document, with nothing that leads away from this server.
Scalar.createApiReference("#reference", {
  url: "/openapi.json",
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
