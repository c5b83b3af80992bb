// A consumer that is not Rust: pages through the courses, and writes a result only if nobody else has in the meantime.
// The types are those of schema.d.ts, which openapi-typescript makes from docs/openapi.json.

import type { components, operations } from "./schema";

type Answer<Operation extends keyof operations> = operations[Operation]["responses"] extends {
  200: { content: { "application/json": infer Body } };
}
  ? Body
  : never;
type Course = components["schemas"]["CourseSummary"];
type ResultUpdate = components["schemas"]["ResultUpdate"];
type Failure = components["schemas"]["Failure"];

/** Hemera's answer where it is no success: `code` is for programs, `requestId` for its operators. */
export class HemeraError extends Error {
  readonly code: Failure["error"]["code"];
  readonly requestId: string;

  constructor(
    readonly status: number,
    failure: Failure,
  ) {
    super(failure.error.message);
    this.code = failure.error.code;
    this.requestId = failure.meta.requestId;
  }
}

async function answered<Body>(response: Response): Promise<Body> {
  const body: unknown = await response.json();
  if (!response.ok) {
    throw new HemeraError(response.status, body as Failure);
  }
  return body as Body;
}

/** Every published course, page after page. */
export async function* courses(origin: string, token: string): AsyncGenerator<Course> {
  const query: NonNullable<operations["courses.list"]["parameters"]["query"]> = { limit: 500, offset: 0 };
  for (;;) {
    const parameters = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
    const response = await fetch(`${origin}/api/service/courses?${parameters}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const page = await answered<Answer<"courses.list">>(response);
    yield* page.data;
    query.offset = page.pagination.offset + page.data.length;
    if (page.data.length === 0 || query.offset >= page.pagination.total) {
      return;
    }
  }
}

/** Records a result. `version` is the `ETag` of the participation that was read: where it has changed since, a 412. */
export async function record(
  origin: string,
  token: string,
  participation: string,
  version: string,
  update: ResultUpdate,
): Promise<Answer<"participations.update_result">["data"]> {
  const response = await fetch(`${origin}/api/service/participations/${participation}/result`, {
    method: "PUT",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json", "if-match": version },
    body: JSON.stringify(update),
  });
  return (await answered<Answer<"participations.update_result">>(response)).data;
}
