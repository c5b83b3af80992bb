// A wrong key, a limit, an outage, and the rest of what an application must tell apart.

import assert from 'node:assert/strict';
import { verifyToken } from '@clerk/backend';
import { SERVICE_USER, refused } from '../instance.mjs';

export async function refusals(instance, step) {
  const { clerk } = instance;
  await step('a wrong secret key', async () => {
    const wrong = `sk_${instance.isProduction ? 'live' : 'test'}_wrong`;
    await refused(() => instance.client({ secretKey: wrong }).users.getCount(), 401, 'clerk_key_invalid');
    const jwt = await instance.forge({ base: 'session', user: SERVICE_USER });
    const online = { ...instance.online, secretKey: wrong };
    await assert.rejects(verifyToken(jwt, online), { reason: 'secret-key-invalid' });
  });
  await step('a limit that is reached', async () => {
    await instance.control('POST', 'faults', { path: '/v1/users/count', times: 1, effect: { retry_after: 7 } });
    const error = await refused(() => clerk.users.getCount(), 429, 'too_many_requests');
    assert.equal(error.retryAfter, 7);
  });
  await step('an outage', async () => {
    await instance.control('POST', 'faults', { path: '/v1/users/count', times: 1, effect: { status: 503 } });
    await refused(() => clerk.users.getCount(), 503, 'internal_clerk_error');
  });
  await step('testingTokens.createTestingToken', async () => {
    const token = await clerk.testingTokens.createTestingToken();
    // The SDK hands this object on as it came, in snake case.
    assert.ok(token.token && token.expires_at * 1000 > Date.now());
  });
  await step('instance.get', async () => {
    const { id, environmentType } = await clerk.instance.get();
    assert.match(id, /^ins_\w{27}$/);
    assert.equal(environmentType, instance.name);
  });
}
