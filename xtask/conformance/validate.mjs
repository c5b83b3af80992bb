// Holds recorded answers against Clerk's published OpenAPI documents: one row an operation, as lines of JSON.
//
//   node validate.mjs --exchanges FILE [--documents FOLDER] [--cache FOLDER]

import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { NoDocuments, load } from './openapi/documents.mjs';
import { Operations } from './openapi/operations.mjs';

const { values: options } = parseArgs({
  options: { exchanges: { type: 'string' }, documents: { type: 'string' }, cache: { type: 'string', default: '.' } },
});

// Routes and parameters of Clerk's that the emulator has not, and says so.
const BEYOND = 'what the emulator says it has not';

// As many faults of one operation as a person reads.
const SHOWN = 5;

/** What was found at one operation. */
class Tally {
  statuses = new Map();
  faults = new Map();
  unlisted = new Set();
  notes = new Set();

  add({ status, method, path }, { faults, unlisted, note }) {
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    for (const fault of faults) {
      const known = this.faults.get(fault) ?? { count: 0, example: `${status} to ${method} ${path}` };
      this.faults.set(fault, { ...known, count: known.count + 1 });
    }
    if (unlisted) this.unlisted.add(status);
    if (note) this.notes.add(note);
  }

  row(operation, witness) {
    const counts = [...this.statuses].sort(([one], [other]) => one - other).map(([status, n]) => `${n} × ${status}`);
    const faults = [...this.faults].slice(0, SHOWN).map(([fault, { count, example }]) =>
      `${fault} (${count}×, first: ${example})`);
    if (this.faults.size > SHOWN) faults.push(`and ${this.faults.size - SHOWN} more`);
    const notes = [counts.join(', '), ...this.notes];
    const refused = [...this.statuses.keys()].every((status) => status >= 400);
    if (refused && operation !== BEYOND) notes.push('refusals only');
    if (this.unlisted.size > 0) notes.push(`not in its list, so only in shape: ${[...this.unlisted].sort().join(', ')}`);
    return {
      operation,
      witness,
      verdict: this.faults.size === 0 ? 'passed' : 'failed',
      note: notes.join('; '),
      details: faults.join('\n'),
    };
  }
}

function rows(exchanges, operations) {
  const tallies = new Map();
  const tally = (operation, witness) => {
    if (!tallies.has(operation)) tallies.set(operation, { witness, tally: new Tally() });
    return tallies.get(operation).tally;
  };
  for (const exchange of exchanges.filter(({ fault }) => !fault)) {
    const operation = isEmulated(exchange) ? operations.of(exchange) : undefined;
    if (operation) {
      const verdict = operations.judge(operation, exchange);
      tally(operation.name, `OpenAPI ${operation.document.api}`).add(exchange, verdict);
    } else {
      const known = exchange.status >= 400;
      const faults = known ? [] : [`${exchange.method} ${exchange.path} is not in Clerk's documents`];
      tally(BEYOND, 'OpenAPI').add(exchange, { faults });
    }
  }
  return [...tallies].sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([operation, { witness, tally }]) => tally.row(operation, witness));
}

/** What the emulator has not it says so, in words that Clerk does not have. */
function isEmulated({ status, body }) {
  return status < 400 || !body?.errors?.some(({ long_message: text }) => text?.startsWith('clerk-emulator '));
}

async function main() {
  const operations = new Operations(await load(options.documents, options.cache));
  const lines = (await readFile(options.exchanges, 'utf8')).split('\n').filter(Boolean);
  return rows(lines.map((line) => JSON.parse(line)), operations);
}

const found = await main().catch((error) => {
  if (!(error instanceof NoDocuments)) throw error;
  const note = `no documents: ${error.message}; name a folder that has them with --clerk-openapi`;
  return [{ operation: 'every answer', witness: 'OpenAPI', verdict: 'not run', note, details: '' }];
});
for (const row of found) console.log(JSON.stringify(row));
