// Schemas of OpenAPI 3.0 as JSON Schema, and what a validator says about a body.

import Ajv from 'ajv';
import addFormats from 'ajv-formats';

// Values, not schemas, though they may look like one.
const VALUES = new Set(['enum', 'example', 'default']);

/** Translates what OpenAPI 3.0 says in its own way; references then name the document. */
export function translate(schema, document) {
  if (Array.isArray(schema)) return schema.map((item) => translate(item, document));
  if (schema === null || typeof schema !== 'object') return schema;
  if (typeof schema.$ref === 'string') return { $ref: document + schema.$ref };
  const { nullable, ...rest } = schema;
  const plain = bounded(mapped(rest, (value, key) => {
    if (VALUES.has(key)) return value;
    // Its keys are names of fields, whatever they are called.
    return key === 'properties' ? mapped(value, (field) => translate(field, document)) : translate(value, document);
  }));
  return nullable === true ? { anyOf: [plain, { type: 'null' }] } : plain;
}

const mapped = (object, change) =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value, key)]));

/** `exclusiveMinimum: true` beside `minimum: 0` is `exclusiveMinimum: 0`. */
function bounded({ exclusiveMinimum, exclusiveMaximum, ...schema }) {
  const { minimum, maximum, ...rest } = schema;
  const bound = (value, flag, inclusive, exclusive) =>
    value === undefined ? {} : { [flag === true ? exclusive : inclusive]: value };
  return {
    ...rest,
    ...bound(minimum, exclusiveMinimum, 'minimum', 'exclusiveMinimum'),
    ...bound(maximum, exclusiveMaximum, 'maximum', 'exclusiveMaximum'),
  };
}

/** Validators by schema, over the components of all documents. */
export class Validators {
  #ajv = new Ajv({ strict: false, allErrors: true, logger: false, validateSchema: false });
  #compiled = new Map();

  constructor(documents) {
    addFormats(this.#ajv);
    for (const { name, content } of documents) {
      const schemas = mapped(content.components.schemas, (schema) => translate(schema, name));
      this.#ajv.addSchema({ components: { schemas } }, name);
    }
  }

  /** What is wrong with a body; nothing, if it fits. */
  faults(schema, document, body) {
    if (!this.#compiled.has(schema)) this.#compiled.set(schema, this.#ajv.compile(translate(schema, document)));
    const validate = this.#compiled.get(schema);
    return validate(body) ? [] : [...new Set(validate.errors.map(describe))];
  }
}

function describe({ instancePath, message, params }) {
  const what = params.additionalProperty ?? params.allowedValues?.join(', ') ?? '';
  return `${instancePath || '/'} ${message}${what === '' ? '' : `: ${what}`}`;
}
