// How answers are judged, by a document that is small enough to be read.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Operations } from '../openapi/operations.mjs';

const json = (schema) => ({ description: '', content: { 'application/json': { schema } } });
const USER = { $ref: '#/components/schemas/User' };

const CONTENT = {
  paths: {
    '/users': { get: { responses: { 200: json({ type: 'array', items: USER }) } } },
    '/users/{user_id}': { get: { responses: { 200: json(USER), 404: { $ref: '#/components/responses/Missing' } } } },
    '/users/count': { get: { responses: { 200: json({ type: 'integer', minimum: 0, exclusiveMinimum: true }) } } },
    '/m2m_tokens': { post: { responses: { 201: json({ type: 'object' }) } } },
    '/silent': { post: { responses: { 200: { description: '' }, 204: { description: '' } } } },
    '/anything': { get: { responses: { 200: json({}) } } },
  },
  components: {
    responses: { Missing: json({ $ref: '#/components/schemas/ClerkErrors' }) },
    schemas: {
      User: {
        type: 'object',
        required: ['id', 'name', 'nullable'],
        additionalProperties: false,
        properties: {
          id: { type: 'string' },
          name: { type: 'string', enum: ['Lena'], nullable: true },
          // A field of that name is no flag.
          nullable: { type: 'boolean' },
          address: { nullable: true, allOf: [{ type: 'object' }] },
        },
      },
      ClerkErrors: { type: 'object', required: ['errors'], properties: { errors: { type: 'array' } } },
    },
  },
};

const operations = new Operations([{ api: 'Test', name: 'test', prefix: '/v1', content: CONTENT }]);
const user = { id: 'user_1', name: null, nullable: true, address: null };

function judge(method, path, status, body, changes = {}) {
  const exchange = { method, path, status, body, content_type: 'application/json', query: null, ...changes };
  return operations.judge(operations.of(exchange), exchange);
}

test('an answer that fits is not faulted', () => {
  assert.deepEqual(judge('GET', '/v1/users/user_1', 200, user).faults, []);
  assert.deepEqual(judge('GET', '/v1/users/user_1', 200, { ...user, name: 'Lena', address: {} }).faults, []);
  assert.deepEqual(judge('GET', '/v1/users/user_1', 404, { errors: [] }), { faults: [], unlisted: false, note: undefined });
});

test('whatever does not fit is named', () => {
  const { name, ...nameless } = user;
  const cases = [
    [nameless, "/ must have required property 'name'"],
    [{ ...user, more: 1 }, '/ must NOT have additional properties: more'],
    [{ ...user, id: null }, '/id must be string'],
    [{ ...user, nullable: null }, '/nullable must be boolean'],
    [{ ...user, name: 'Mia' }, '/name must be equal to one of the allowed values: Lena'],
    [{ ...user, address: 1 }, '/address must be object'],
  ];
  for (const [body, fault] of cases) {
    const { faults } = judge('GET', '/v1/users/user_1', 200, body);
    assert.ok(faults.includes(fault), `${fault} is not among ${faults.join('; ')}`);
  }
  assert.deepEqual(judge('GET', '/v1/users/count', 200, 0).faults, ['/ must be > 0']);
});

test('a path without a parameter goes before one with it', () => {
  assert.equal(operations.of({ method: 'GET', path: '/v1/users/count' }).name, 'GET /v1/users/count');
  assert.equal(operations.of({ method: 'GET', path: '/v1/users/user_1' }).name, 'GET /v1/users/{user_id}');
});

test('what is not in the documents has no operation', () => {
  for (const [method, path] of [['GET', '/v1/nothing'], ['DELETE', '/v1/users'], ['GET', '/users'], ['GET', '/v1/users/1/2']]) {
    assert.equal(operations.of({ method, path }), undefined, `${method} ${path}`);
  }
});

test("machine tokens are called without the version, too", () => {
  assert.equal(operations.of({ method: 'POST', path: '/m2m_tokens' }).name, 'POST /v1/m2m_tokens');
});

test('an unlisted refusal is judged by its shape, an unlisted success is a fault', () => {
  assert.deepEqual(judge('GET', '/v1/users', 429, { errors: [] }), { faults: [], unlisted: true, note: undefined });
  assert.deepEqual(judge('GET', '/v1/users', 429, {}).faults, ["/ must have required property 'errors'"]);
  assert.deepEqual(judge('GET', '/v1/users', 201, []).faults, ['status 201 is not in the document']);
});

test('another content type is a fault, even with a charset only', () => {
  const { faults } = judge('GET', '/v1/users', 200, [], { content_type: 'application/json; charset=utf-8' });
  assert.match(faults[0], /^content type application\/json; charset=utf-8/);
});

test('a paginated answer is taken apart', () => {
  const page = (body) => judge('GET', '/v1/users', 200, body, { query: 'limit=1&paginated=true' }).faults;
  assert.deepEqual(page({ data: [user], total_count: 1 }), []);
  assert.deepEqual(page({ data: [{}], total_count: 1 }).length, 3);
  assert.deepEqual(page({ data: [user] }), ['/ must be {data, total_count}']);
  assert.deepEqual(judge('GET', '/v1/users', 200, { data: [user], total_count: 1 }).faults, ['/ must be array']);
});

test('a verdict that is worth nothing says so', () => {
  assert.equal(judge('GET', '/v1/anything', 200, {}).note, 'the document lets any 200 through');
  assert.equal(judge('POST', '/v1/silent', 200, { id: 1 }).note, 'the document does not describe the body');
  assert.deepEqual(judge('POST', '/v1/silent', 204, '').faults, []);
  assert.deepEqual(judge('POST', '/v1/silent', 204, { id: 1 }).faults, ['a body where 204 has none']);
});
