// Where Clerk's documents come from.

import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { NoDocuments, load } from '../openapi/documents.mjs';

async function folder(context, files) {
  const path = await mkdtemp(join(tmpdir(), 'clerk-openapi-'));
  context.after(() => rm(path, { recursive: true }));
  for (const [file, text] of Object.entries(files)) {
    await mkdir(join(path, file, '..'), { recursive: true });
    await writeFile(join(path, file), text);
  }
  return path;
}

for (const files of [
  { 'bapi-2026-05-12.yml': 'paths: {a: b}', 'fapi-2026-05-12.yml': 'paths: {c: d}' },
  { 'bapi/2026-05-12.yml': 'paths: {a: b}', 'fapi/2026-05-12.yml': 'paths: {c: d}' },
]) {
  test(`from a folder with ${Object.keys(files).join(' and ')}`, async (context) => {
    const documents = await load(await folder(context, files), 'nowhere');
    assert.deepEqual(documents.map(({ content }) => content.paths), [{ a: 'b' }, { c: 'd' }]);
  });
}

test('a folder that has only one of them is a mistake, not a reason to go without', async (context) => {
  const path = await folder(context, { 'bapi-2026-05-12.yml': '{}' });
  await assert.rejects(load(path, 'nowhere'), { name: 'Error', message: `${path} has no fapi-2026-05-12.yml` });
});

test('what was fetched is not what was pinned', async (context) => {
  context.mock.method(globalThis, 'fetch', async () => new Response('paths: {}'));
  const path = await folder(context, {});
  await assert.rejects(load(undefined, path), /is not what was pinned: do not trust it/);
});

test('a home that is out of reach leaves us without', async (context) => {
  context.mock.method(globalThis, 'fetch', async () => { throw new TypeError('fetch failed'); });
  const path = await folder(context, {});
  await assert.rejects(load(undefined, path), NoDocuments);
  context.mock.method(globalThis, 'fetch', async () => new Response('', { status: 503 }));
  await assert.rejects(load(undefined, path), NoDocuments);
});
