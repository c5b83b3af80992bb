// The witness against something that is not like Clerk: it must not be content.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { test } from 'node:test';

const WITNESS = fileURLToPath(new URL('../witness.mjs', import.meta.url));

async function rowsAgainst(answer) {
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer(request)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const ready = {
    base_url: `http://127.0.0.1:${server.address().port}`,
    secret_key: 'sk_test_x',
    publishable_key: `pk_test_${btoa('127.0.0.1:1$')}`,
    jwt_key: '',
  };
  const { stdout } = await promisify(execFile)(process.execPath, [WITNESS, JSON.stringify(ready)]);
  server.close();
  return stdout.trim().split('\n').map((line) => JSON.parse(line));
}

test('a server that always answers with an empty object fails in every scenario', async () => {
  const rows = await rowsAgainst(() => ({}));
  assert.deepEqual([...new Set(rows.map(({ verdict }) => verdict))], ['failed']);
  assert.ok(rows.length >= 10, `${rows.length} rows`);
  assert.ok(rows.every(({ details }) => details.startsWith('development: ')));
});

test('a user who comes back changed is noticed', async () => {
  const user = (last_name) => ({
    object: 'user', id: `user_${'2'.repeat(27)}`, first_name: 'Lena', last_name, password_enabled: false,
    email_addresses: [{
      object: 'email_address', id: 'idn_1', email_address: 'lena.hartmann@hemera-academy.com', linked_to: [],
      verification: { status: 'verified' },
    }],
    primary_email_address_id: 'idn_1', public_metadata: { role: 'user' }, phone_numbers: [], web3_wallets: [],
    external_accounts: [], enterprise_accounts: [], saml_accounts: [],
  });
  const answers = ({ method }) => user(method === 'POST' ? 'Hartmann' : 'Vogel');
  const verdicts = Object.fromEntries((await rowsAgainst(answers)).map((row) => [row.operation, row.verdict]));
  assert.equal(verdicts['users.createUser'], 'passed');
  assert.equal(verdicts['users.getUser'], 'failed');
});
