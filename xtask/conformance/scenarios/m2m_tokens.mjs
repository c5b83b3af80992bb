// Machine tokens: opaque ones that Clerk verifies, and JWTs that anybody can.

import assert from 'node:assert/strict';
import { decoded, refused } from '../instance.mjs';

export async function m2mTokens(instance, step) {
  const receiver = await instance.clerk.machines.create({ name: 'receiver' });
  const sender = await instance.clerk.machines.create({ name: 'sender', scopedMachines: [receiver.id] });
  const asSender = instance.client({ machineSecretKey: sender.secretKey }).m2m;
  const asReceiver = instance.client({ machineSecretKey: receiver.secretKey }).m2m;

  const opaque = await step('m2m.createToken', async () => {
    const token = await asSender.createToken({ secondsUntilExpiration: 60, claims: { purpose: 'results' } });
    assert.match(token.token, /^mt_/);
    assert.deepEqual([token.subject, token.scopes, token.claims], [sender.id, [receiver.id], { purpose: 'results' }]);
    assert.deepEqual([token.revoked, token.expired], [false, false]);
    return token;
  });
  await step('m2m.verify', async () => {
    for (const verifier of [asReceiver, instance.clerk.m2m]) {
      const token = await verifier.verify({ token: opaque.token });
      assert.deepEqual([token.id, token.subject, token.claims], [opaque.id, sender.id, { purpose: 'results' }]);
    }
  });
  await step('m2m.verify by a machine that is not in its scopes', async () => {
    const stranger = await instance.clerk.machines.create({ name: 'stranger' });
    const asStranger = instance.client({ machineSecretKey: stranger.secretKey }).m2m;
    await refused(() => asStranger.verify({ token: opaque.token }), 404, 'resource_not_found');
  });
  await step('m2m.list', async () => {
    const { data, totalCount } = await instance.clerk.m2m.list({ subject: sender.id });
    assert.deepEqual([data.map(({ id }) => id), totalCount], [[opaque.id], 1]);
  });
  await step('m2m.revokeToken', async () => {
    const token = await asSender.revokeToken({ m2mTokenId: opaque.id, revocationReason: 'done' });
    assert.deepEqual([token.revoked, token.revocationReason], [true, 'done']);
  });
  const jwt = await step('m2m.createToken as a JWT', async () => {
    const { token } = await asSender.createToken({ tokenFormat: 'jwt', secondsUntilExpiration: 60 });
    const { header, claims } = decoded(token);
    assert.equal(header.cat, 'cl_B7d4PD333AAA');
    assert.deepEqual([claims.sub, claims.exp - claims.iat], [sender.id, 60]);
    return token;
  });
  await step('m2m.verify of a JWT', async () => {
    // By the key set, which only the instance's secret key opens.
    const token = await instance.clerk.m2m.verify({ token: jwt });
    assert.deepEqual([token.subject, token.scopes], [sender.id, [receiver.id]]);
  });
  await step('m2m.verify of a forged JWT', async () => {
    const forged = await instance.forge({ base: 'machine', machine: sender.id, sign_with: 'foreign' });
    await assert.rejects(instance.clerk.m2m.verify({ token: forged }), { code: 'token-verification-failed' });
  });
}
