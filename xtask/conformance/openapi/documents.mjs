// Clerk's published OpenAPI documents: from a folder, else from their public home, pinned.

import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';

const COMMIT = '81dd1c54dc093b3ab0e10d279f8bf585dbc673d9';
const HOME = `https://raw.githubusercontent.com/clerk/openapi-specs/${COMMIT}`;
const PATIENCE_MS = 20_000;

// `prefix` is what the emulator's paths have and the document's have not.
export const DOCUMENTS = [
  {
    api: 'Backend API',
    name: 'bapi',
    prefix: '/v1',
    sha256: '75df3a43fcb2d9fc4467a23c717714f5228aa3267b0930ba34612728365fd8f2',
  },
  {
    api: 'Frontend API',
    name: 'fapi',
    prefix: '',
    sha256: '1b16fc8d2886210d8f23175bd3113e7c20c24fdb408347a1219994d413104c57',
  },
];
const VERSION = '2026-05-12';

/** They cannot be had from here, which says nothing about the emulator. */
export class NoDocuments extends Error {}

/** Each document with its content; `folder` holds them, else they are fetched once into `cache`. */
export async function load(folder, cache) {
  return Promise.all(DOCUMENTS.map(async (document) => {
    const text = folder ? await given(folder, document) : await pinned(cache, document);
    return { ...document, content: parse(text) };
  }));
}

/** As `bapi-2026-05-12.yml`, or as it lies in a clone of the documents' repository. */
async function given(folder, { name }) {
  for (const file of [`${name}-${VERSION}.yml`, `${name}/${VERSION}.yml`]) {
    const text = await readFile(join(folder, file), 'utf8').catch(() => null);
    if (text !== null) return text;
  }
  throw new Error(`${folder} has no ${name}-${VERSION}.yml`);
}

async function pinned(cache, document) {
  const file = join(cache, `${document.name}-${VERSION}-${COMMIT.slice(0, 12)}.yml`);
  const kept = await readFile(file, 'utf8').catch(() => null);
  if (kept !== null && hash(kept) === document.sha256) return kept;
  const text = await fetched(`${HOME}/${document.name}/${VERSION}.yml`);
  if (hash(text) !== document.sha256) {
    throw new Error(`${HOME}/${document.name}/${VERSION}.yml is not what was pinned: do not trust it`);
  }
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  return text;
}

async function fetched(url) {
  const answer = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) })
    .catch((error) => { throw new NoDocuments(`${url} cannot be reached: ${error.cause?.code ?? error.message}`); });
  if (!answer.ok) throw new NoDocuments(`${url} answered ${answer.status}`);
  return answer.text();
}

const hash = (text) => createHash('sha256').update(text).digest('hex');
