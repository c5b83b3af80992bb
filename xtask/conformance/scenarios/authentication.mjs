// `authenticateRequest`, on which Clerk's middlewares stand: who passes as whom, and why not.

import assert from 'node:assert/strict';
import { SERVICE_USER, TEMPLATE, decoded } from '../instance.mjs';

const SESSION = { base: 'session', user: SERVICE_USER };

const SIGNED_OUT = [
  ['an expired token', { age_seconds: 120 }, 'session-token-expired'],
  ['a forged token', { sign_with: 'foreign' }, 'token-invalid-signature'],
  ['a template token, since 3.16.9', { base: 'template', template: TEMPLATE }, 'token-type-mismatch'],
];

export async function authentication(instance, step) {
  const { clerk } = instance;
  const user = await instance.serviceUser();
  const session = await instance.signIn(user.id);
  const ask = (token, options) => clerk.authenticateRequest(
    new Request('https://hemera-academy.com/api/service/courses', { headers: { authorization: `Bearer ${token}` } }),
    options,
  );

  await step('authenticateRequest with a session token', async () => {
    const state = await ask((await clerk.sessions.getToken(session)).jwt);
    assert.equal(state.isAuthenticated, true, state.reason);
    const auth = state.toAuth();
    assert.deepEqual([auth.userId, auth.sessionId], [user.id, session]);
    assert.equal(decoded(await auth.getToken({ template: TEMPLATE })).claims.aud, 'hemera-api');
  });
  await step('authenticateRequest with the token of the sign-in itself', async () => {
    const ticket = await clerk.signInTokens.createSignInToken({ userId: user.id, expiresInSeconds: 60 });
    const { body } = await instance.redeem(ticket.token);
    const state = await ask(body.client.sessions[0].last_active_token.jwt);
    assert.equal(state.isAuthenticated, true, state.reason);
  });
  await step('authenticateRequest sees a pending session as signed out', async () => {
    const state = await ask(await instance.forge({ ...SESSION, claims: { sts: 'pending' } }));
    assert.equal(state.toAuth().userId, null);
  });
  for (const [what, forgery, reason] of SIGNED_OUT) {
    await step(`authenticateRequest refuses ${what}`, async () => {
      const state = await ask(await instance.forge({ ...SESSION, ...forgery }));
      assert.equal(state.isAuthenticated, false);
      // The SDK goes on to say why it could not renew a token in the place of a browser.
      assert.ok(state.reason.startsWith(reason), `${state.reason} instead of ${reason}`);
    });
  }
  await machineTokens(instance, step, ask);
}

async function machineTokens(instance, step, ask) {
  const machine = await instance.clerk.machines.create({ name: 'sender' });
  const { m2m } = instance.client({ machineSecretKey: machine.secretKey });
  for (const tokenFormat of ['opaque', 'jwt']) {
    await step(`authenticateRequest with a machine's token (${tokenFormat})`, async () => {
      const { token } = await m2m.createToken({ tokenFormat, secondsUntilExpiration: 60 });
      const refused = await ask(token);
      assert.equal(refused.isAuthenticated, false, 'it passed as a session token');
      const state = await ask(token, { acceptsToken: 'm2m_token' });
      assert.equal(state.isAuthenticated, true, `${state.reason}: ${state.message}`);
      assert.equal(state.toAuth().machineId, machine.id);
    });
  }
}
