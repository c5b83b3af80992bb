// A program that is not Rust works through the door: one row an operation, as lines of JSON.
//
//   DOOR_ORIGIN=http://127.0.0.1:4100 DOOR_KEY=… node witness.mjs <the compiled docs/clients/typescript/door.ts>

import assert from 'node:assert/strict';
import { pathToFileURL } from 'node:url';

const { Hemera, Refused } = await import(pathToFileURL(process.argv[2]));
const { DOOR_ORIGIN, DOOR_KEY } = process.env;
const WITNESS = `fetch of Node.js ${process.versions.node}`;

const rows = [];
/** Tries one operation and gives what it gave; after a fault there is nothing to go on with. */
async function step(operation, work) {
  const row = { operation: `door: ${operation}`, witness: WITNESS, verdict: 'passed', note: '', details: '' };
  rows.push(row);
  try {
    return await work();
  } catch (error) {
    row.verdict = 'failed';
    row.details = `${error.name}: ${error.message} ${JSON.stringify(error)} ${error.cause ?? ''}`;
    throw error;
  }
}

/** What a call is refused with. */
async function refusal(call) {
  const refused = await call.then(
    () => undefined,
    (error) => error,
  );
  assert.ok(refused instanceof Refused, `${refused}`);
  const { status, code, door } = refused;
  return { status, code, door };
}

async function walk() {
  const hemera = new Hemera(DOOR_ORIGIN, DOOR_KEY);
  const page = await step('courses', async () => {
    const found = await hemera.courses({ limit: 500 });
    assert.ok(found.data.length > 0, 'no course');
    assert.equal(found.pagination.total, found.data.length);
    return found;
  });
  const booked = await step('a course with its participants', async () => {
    for (const { id } of page.data) {
      const course = await hemera.course(id);
      assert.equal(course.id, id);
      const participant = course.participants.find(({ participationId }) => participationId !== null);
      if (participant) return participant;
    }
    assert.fail('no course has a participation');
  });
  const read = await step('a participation and its version', async () => {
    const found = await hemera.participation(booked.participationId);
    assert.equal(found.value.id, booked.participationId);
    assert.match(found.version, /^"\d+"$/);
    return found;
  });
  await step('a result, and what was written', async () => {
    const resultNotes = `Written through the door: „Übung“ ${read.version}`;
    const written = await hemera.record(read.value.id, read.version, { resultNotes });
    assert.equal(written.value.resultNotes, resultNotes);
    const again = await hemera.participation(read.value.id);
    assert.equal(again.value.resultNotes, resultNotes);
    assert.notEqual(again.version, read.version);
  });
  await step('a result under an old version is refused by Hemera', async () => {
    const call = hemera.record(read.value.id, read.version, { resultNotes: 'too late' });
    assert.deepEqual(await refusal(call), { status: 412, code: 'PRECONDITION_FAILED', door: null });
  });
  await step('what is not there and what is invalid, too', async () => {
    const none = hemera.course('no_such_course');
    assert.deepEqual(await refusal(none), { status: 404, code: 'NOT_FOUND', door: null });
    const invalid = hemera.courses({ limit: 1.5 });
    assert.deepEqual(await refusal(invalid), { status: 400, code: 'VALIDATION_ERROR', door: null });
  });
  await step('another key, and an origin, by the door', async () => {
    const stranger = new Hemera(DOOR_ORIGIN, DOOR_KEY.toUpperCase());
    assert.deepEqual(await refusal(stranger.courses()), { status: 401, code: 'UNAUTHORIZED', door: 'key_wrong' });
    const page = await fetch(`${DOOR_ORIGIN}/api/service/courses`, {
      headers: { 'x-api-key': DOOR_KEY, origin: 'https://elsewhere.example' },
    });
    assert.deepEqual([page.status, page.headers.get('x-aither-door')], [403, 'from_browser']);
  });
}

await walk().catch(() => {});
for (const row of rows) console.log(JSON.stringify(row));
