// The signing key changes: new tokens verify at once, old ones for as long as their key is in the set.

import assert from 'node:assert/strict';
import { verifyToken } from '@clerk/backend';
import { SERVICE_USER } from '../instance.mjs';

export async function rotation(instance, step) {
  const old = await instance.forge({ base: 'session', user: SERVICE_USER });
  await step('jwks.getJwks', async () => {
    const { keys } = await instance.clerk.jwks.getJwks();
    assert.equal(keys.length, 1);
    assert.deepEqual([keys[0].kty, keys[0].alg, keys[0].use, keys[0].e], ['RSA', 'RS256', 'sig', 'AQAB']);
    assert.match(keys[0].kid, /^ins_\w{27}$/);
  });
  await step('verifyToken after a rotation of keys', async () => {
    await instance.control('POST', 'keys/rotate');
    const fresh = await instance.forge({ base: 'session', user: SERVICE_USER });
    assert.ok(await verifyToken(fresh, instance.online));
    assert.ok(await verifyToken(old, instance.online));
  });
  await step('verifyToken refuses a token whose key has been withdrawn', async () => {
    // A key that the SDK has never seen: one that it has, it keeps, whatever the set says later.
    await instance.control('POST', 'keys/rotate');
    const unseen = await instance.forge({ base: 'session', user: SERVICE_USER });
    await instance.control('POST', 'keys/rotate');
    await instance.control('DELETE', 'keys/previous');
    await assert.rejects(verifyToken(unseen, instance.online), { reason: 'jwk-kid-mismatch' });
  });
}
