// A consumer that has a base address and a key, and neither tokens nor retries: for a program on Aither's host, behind
// `aither serve`. Without the door the same class calls Hemera itself, with a service key of Hemera's.
// The types are those of schema.d.ts, which openapi-typescript makes from docs/openapi.json.

import type { components, operations } from "./schema";

type Answer<Operation extends keyof operations> = operations[Operation]["responses"] extends {
  200: { content: { "application/json": infer Body } };
}
  ? Body
  : never;
type Failure = components["schemas"]["Failure"];

/** A value, and the version under which it was read: send it with what you write. */
export interface Versioned<Value> {
  readonly value: Value;
  readonly version: string;
}

/** No success: `code` is for programs. `door` is the door's word where it is the door that answers, and not Hemera. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: Failure["error"]["code"],
    readonly requestId: string,
    readonly door: string | null,
    message: string,
  ) {
    super(message);
  }
}

export class Hemera {
  constructor(
    private readonly baseUrl: string,
    private readonly key: string,
  ) {}

  /** A page of courses. */
  async courses(
    query: NonNullable<operations["courses.list"]["parameters"]["query"]> = {},
  ): Promise<Answer<"courses.list">> {
    const parameters = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
    return (await this.call<Answer<"courses.list">>("GET", `courses?${parameters}`)).body;
  }

  /** A course, and who has booked it. */
  async course(id: string): Promise<Answer<"courses.get">["data"]> {
    return (await this.call<Answer<"courses.get">>("GET", `courses/${encodeURIComponent(id)}`)).body.data;
  }

  /** A participation, with its version. */
  async participation(id: string): Promise<Versioned<Answer<"participations.get">["data"]>> {
    const { body, version } = await this.call<Answer<"participations.get">>(
      "GET",
      `participations/${encodeURIComponent(id)}`,
    );
    return { value: body.data, version };
  }

  /** Writes a result, if the participation still has this version. */
  async record(
    id: string,
    version: string,
    update: components["schemas"]["ResultUpdate"],
  ): Promise<Versioned<Answer<"participations.update_result">["data"]>> {
    const answer = await this.call<Answer<"participations.update_result">>(
      "PUT",
      `participations/${encodeURIComponent(id)}/result`,
      { "content-type": "application/json", "if-match": version },
      JSON.stringify(update),
    );
    return { value: answer.body.data, version: answer.version };
  }

  private async call<Body>(
    method: "GET" | "PUT",
    path: string,
    headers: Record<string, string> = {},
    body: string | null = null,
  ): Promise<{ body: Body; version: string }> {
    const response = await fetch(`${this.baseUrl}/api/service/${path}`, {
      method,
      headers: { "x-api-key": this.key, ...headers },
      body,
      // A call of the door's client takes up to 30 seconds, with all its retries.
      signal: AbortSignal.timeout(35_000),
    });
    const answered: unknown = await response.json();
    if (!response.ok) {
      const { error, meta } = answered as Failure;
      const door = response.headers.get("x-aither-door");
      throw new Refused(response.status, error.code, meta.requestId, door, error.message);
    }
    return { body: answered as Body, version: response.headers.get("etag") ?? "" };
  }
}
