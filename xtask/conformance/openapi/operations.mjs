// Which operation of which document an exchange belongs to, and what is wrong with its answer.

import { Validators } from './schema.mjs';

// Called without `/v1` by Clerk's SDKs, though their document places them there.
const UNVERSIONED = /^\/(m2m_tokens|api_keys|oauth_applications\/access_tokens\/verify)(\/|$)/;

const ERRORS = { $ref: '#/components/schemas/ClerkErrors' };

// No description of an answer lets this through: if one does, it says nothing.
const PROBE = 42;

/** The operations of all documents. */
export class Operations {
  #list;
  #validators;

  constructor(documents) {
    this.#validators = new Validators(documents);
    this.#list = documents.flatMap(operations);
    // `/users/count` before `/users/{user_id}`.
    this.#list.sort((one, other) => one.parameters - other.parameters);
  }

  /** The operation of a recorded exchange, if the documents know it. */
  of({ method, path }) {
    const asked = UNVERSIONED.test(path) ? `/v1${path}` : path;
    return this.#list.find((operation) => operation.method === method && operation.pattern.test(asked));
  }

  /**
   * What is wrong with a recorded answer, and what limits that verdict. Any operation may be refused in ways that its
   * list leaves out (429, say): such a status is unlisted, and its shape is what counts.
   */
  judge(operation, exchange) {
    const { status } = exchange;
    const described = operation.responses[status];
    if (!described && status < 400) return { faults: [`status ${status} is not in the document`] };
    const unlisted = !described;
    const schema = described?.content?.['application/json']?.schema ?? (status >= 400 ? ERRORS : undefined);
    if (schema === undefined) return bodiless(exchange);
    if (exchange.content_type !== 'application/json') {
      return { faults: [`content type ${exchange.content_type}, which Clerk's SDK does not read as JSON`], unlisted };
    }
    const judged = (body) => this.#validators.faults(schema, operation.document.name, body);
    const note = judged(PROBE).length === 0 ? `the document lets any ${status} through` : undefined;
    return { faults: this.#paged(exchange, judged), unlisted, note };
  }

  /** With `paginated=true` the document describes the envelope in words, and its items only in the schema. */
  #paged({ query, body }, judged) {
    const paginated = new URLSearchParams(query ?? '').get('paginated') === 'true';
    if (!paginated || !Array.isArray(body?.data)) return judged(body);
    const counted = Number.isInteger(body.total_count) && Object.keys(body).length === 2;
    return [...judged(body.data), ...(counted ? [] : ['/ must be {data, total_count}'])];
  }
}

function bodiless({ status, body }) {
  if (body === '') return { faults: [] };
  // Some answers are described in prose alone.
  return status === 200
    ? { faults: [], note: 'the document does not describe the body' }
    : { faults: [`a body where ${status} has none`] };
}

function operations(document) {
  return Object.entries(document.content.paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([, operation]) => operation.responses)
      .map(([method, operation]) => ({
        name: `${method.toUpperCase()} ${document.prefix}${path}`,
        document,
        method: method.toUpperCase(),
        parameters: path.split('{').length,
        pattern: patternOf(document.prefix + path),
        responses: resolved(operation.responses, document.content),
      })));
}

function patternOf(path) {
  const segments = path.split(/\{[^}]*\}/).map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${segments.join('[^/]+')}$`);
}

function resolved(responses, content) {
  return Object.fromEntries(Object.entries(responses).map(([status, response]) => [
    status,
    response.$ref ? response.$ref.split('/').slice(1).reduce((value, key) => value[key], content) : response,
  ]));
}
