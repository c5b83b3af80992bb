// What it means for the service user to be banned or locked, and to be let in again.

import assert from 'node:assert/strict';
import { refused } from '../instance.mjs';

export async function barred(instance, step) {
  const { clerk } = instance;
  const { id: userId } = await instance.serviceUser();
  const redeem = async () => {
    const ticket = await clerk.signInTokens.createSignInToken({ userId, expiresInSeconds: 60 });
    const { status, body } = await instance.redeem(ticket.token);
    return [status, body.errors?.[0].code];
  };
  await step('a ban ends the sessions and lets nobody sign in', async () => {
    const session = await instance.signIn(userId);
    await clerk.users.banUser(userId);
    assert.equal((await clerk.sessions.getSession(session)).status, 'revoked');
    await refused(() => clerk.sessions.getToken(session), 404, 'resource_not_found');
    assert.deepEqual(await redeem(), [403, 'user_banned']);
    await clerk.users.unbanUser(userId);
    assert.deepEqual(await redeem(), [200, undefined]);
  });
  await step('a lock lets nobody sign in', async () => {
    await clerk.users.lockUser(userId);
    assert.deepEqual(await redeem(), [403, 'user_locked']);
    await clerk.users.unlockUser(userId);
    assert.deepEqual(await redeem(), [200, undefined]);
  });
}
