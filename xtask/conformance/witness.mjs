// Drives running emulators with Clerk's own SDK for servers: one row an operation, as lines of JSON.
//
//   node witness.mjs '{"base_url": …, "issuer": …, "secret_key": …, "publishable_key": …, "jwt_key": …}' …
//
// An argument is what an emulator says of itself with `--json`. Every scenario runs against each, on a world that is as
// it was at the start.

import { createRequire } from 'node:module';
import { AssertionError } from 'node:assert';
import { Instance } from './instance.mjs';
import { SCENARIOS } from './scenarios/index.mjs';

const require = createRequire(import.meta.url);
const WITNESS = `@clerk/backend ${require('@clerk/backend/package.json').version}`;

/** A scenario cannot go on: its rows say why. */
class Over extends Error {}

/** What is known of each operation, in the order in which they were first tried. */
class Report {
  #rows = new Map();

  add(operation, instance, fault) {
    const row = this.#rows.get(operation) ?? { instances: new Set(), faults: [] };
    row.instances.add(instance);
    if (fault !== undefined) row.faults.push(`${instance}: ${fault}`);
    this.#rows.set(operation, row);
  }

  rows() {
    return [...this.#rows].map(([operation, { instances, faults }]) => ({
      operation,
      witness: WITNESS,
      verdict: faults.length === 0 ? 'passed' : 'failed',
      note: [...instances].join(', '),
      details: faults.join('\n'),
    }));
  }
}

/** Tries one operation and gives what it gave; the first that fails ends its scenario. */
function stepper(report, instance) {
  return async (operation, work) => {
    try {
      const value = await work();
      report.add(operation, instance.name);
      return value;
    } catch (error) {
      report.add(operation, instance.name, describe(error));
      throw new Over();
    }
  };
}

function describe(error) {
  if (error instanceof AssertionError) return error.message.replaceAll('\n', ' ');
  const codes = error.errors?.map?.(({ code, longMessage }) => `${code} (${longMessage})`).join(', ');
  return `${error.name}: ${codes || error.message}`;
}

const report = new Report();
for (const ready of process.argv.slice(2)) {
  const instance = new Instance(JSON.parse(ready));
  for (const scenario of SCENARIOS) {
    await instance.reset();
    await scenario(instance, stepper(report, instance)).catch((error) => {
      // A fault of the scenario itself is one, too.
      if (!(error instanceof Over)) report.add(scenario.name, instance.name, describe(error));
    });
  }
}
for (const row of report.rows()) console.log(JSON.stringify(row));
