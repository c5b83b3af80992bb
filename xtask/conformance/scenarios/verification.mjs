// `verifyToken` on good tokens and on bad ones: the SDK's rules, met by what the emulator mints and forges.

import assert from 'node:assert/strict';
import { verifyToken } from '@clerk/backend';
import { SERVICE_USER, TEMPLATE } from '../instance.mjs';

const SESSION = { base: 'session', user: SERVICE_USER };

// What is wrong, how it is forged, with which options it is verified, and what the SDK calls it.
const BAD = [
  ['that has expired', { age_seconds: 120 }, {}, 'token-expired'],
  ['that is not valid yet', { claims: { nbf: 32503680000 } }, {}, 'token-not-active-yet'],
  ['issued in the future', { age_seconds: -30 }, {}, ['token-iat-in-the-future', 'token-not-active-yet']],
  ["of somebody else's key", { sign_with: 'foreign' }, {}, 'token-invalid-signature'],
  ['with a flipped bit', { damage: 'flipped' }, {}, 'token-invalid-signature'],
  ['without a signature', { sign_with: 'nothing' }, {}, ['token-invalid-algorithm', 'token-invalid']],
  ['signed with the public key as a secret', { sign_with: 'hmac_pem' }, {}, 'token-invalid-algorithm'],
  ['of an unknown key', { header: { kid: 'ins_000000000000000000000000000' } }, {}, 'jwk-kid-mismatch'],
  ['for another application', { claims: { azp: 'https://evil.example' } },
    { authorizedParties: ['https://hemera-academy.com'] }, 'token-invalid-authorized-parties'],
  ['without azp where parties are listed', {}, { authorizedParties: ['https://hemera-academy.com'] },
    'token-invalid-authorized-parties'],
  ['for another audience', { claims: { aud: 'elsewhere' } }, { audience: 'hemera-api' }, 'token-verification-failed'],
  ['of another issuer', { claims: { iss: 'https://clerk.example.com' } }, (instance) => ({ issuer: instance.issuer }),
    'token-invalid-issuer'],
  ['without a subject', { claims: { sub: null } }, {}, 'token-verification-failed'],
  ['of another type', { header: { typ: 'at+jwt' } }, {}, 'token-invalid'],
];

export async function verification(instance, step) {
  const user = await instance.serviceUser();
  await step('verifyToken of a session token', async () => {
    const { jwt } = await instance.clerk.sessions.getToken(await instance.signIn(user.id));
    assert.equal((await verifyToken(jwt, { ...instance.online, issuer: instance.issuer })).sub, user.id);
    assert.equal((await verifyToken(jwt, { jwtKey: instance.jwtKey })).sub, user.id);
  });
  await step('verifyToken of a template token', async () => {
    const { jwt } = await instance.clerk.sessions.getToken(await instance.signIn(user.id), TEMPLATE);
    const claims = await verifyToken(jwt, { ...instance.online, audience: 'hemera-api' });
    assert.deepEqual([claims.sub, claims.role], [user.id, 'api-client']);
  });
  for (const [what, forgery, options, reasons] of BAD) {
    await step(`verifyToken refuses a token ${what}`, async () => {
      const jwt = await instance.forge({ ...SESSION, ...forgery });
      const more = typeof options === 'function' ? options(instance) : options;
      await refusal(() => verifyToken(jwt, { ...instance.online, ...more }), [reasons].flat());
    });
  }
  await step("verifyToken refuses a machine's token", async () => {
    const machine = await instance.clerk.machines.create({ name: 'sender' });
    const jwt = await instance.forge({ base: 'machine', machine: machine.id });
    await refusal(() => verifyToken(jwt, instance.online), ['token-invalid']);
  });
}

async function refusal(verify, reasons) {
  const error = await verify().then(() => assert.fail('it was accepted'), (thrown) => thrown);
  if (error instanceof assert.AssertionError) throw error;
  assert.ok(reasons.includes(error.reason), `${error.reason} instead of ${reasons.join(' or ')}: ${error.message}`);
}
