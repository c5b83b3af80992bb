// Tickets: made with the secret key, redeemed once at the Frontend API, or revoked.

import assert from 'node:assert/strict';
import { refused } from '../instance.mjs';

export async function signInTokens(instance, step) {
  const { clerk } = instance;
  const { id: userId } = await instance.serviceUser();
  const ticket = await step('signInTokens.createSignInToken', async () => {
    const made = await clerk.signInTokens.createSignInToken({ userId, expiresInSeconds: 60 });
    assert.deepEqual([made.userId, made.status], [userId, 'pending']);
    assert.ok(made.token && made.url);
    return made;
  });
  await step('a ticket signs in once', async () => {
    const { status, body, token } = await instance.redeem(ticket.token);
    assert.equal(status, 200);
    assert.equal(body.response.status, 'complete');
    assert.ok(token, 'no client token in the Authorization header');
    const session = await clerk.sessions.getSession(body.response.created_session_id);
    assert.deepEqual([session.userId, session.status], [userId, 'active']);
    const again = await instance.redeem(ticket.token);
    assert.deepEqual([again.status, again.body.errors[0].code], [400, 'sign_in_token_already_used_code']);
  });
  await step('signInTokens.revokeSignInToken', async () => {
    const made = await clerk.signInTokens.createSignInToken({ userId, expiresInSeconds: 60 });
    assert.equal((await clerk.signInTokens.revokeSignInToken(made.id)).status, 'revoked');
    const { status, body } = await instance.redeem(made.token);
    assert.deepEqual([status, body.errors[0].code], [400, 'sign_in_token_revoked_code']);
    await refused(() => clerk.signInTokens.revokeSignInToken(made.id), 400, 'sign_in_token_cannot_be_revoked_code');
  });
}
