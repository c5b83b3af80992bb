// Sessions: made directly on development instances only, listed, and revoked.

import assert from 'node:assert/strict';
import { refused } from '../instance.mjs';

export async function sessions(instance, step) {
  const { clerk } = instance;
  const { id: userId } = await instance.serviceUser();
  await step('sessions.createSession', async () => {
    const create = () => clerk.sessions.createSession({ userId });
    if (instance.isProduction) await refused(create, 400, 'request_invalid_for_environment');
    else assert.deepEqual([(await create()).userId, (await create()).status], [userId, 'active']);
  });
  const id = await instance.signIn(userId);
  await step('sessions.getSession', async () => {
    const session = await clerk.sessions.getSession(id);
    assert.deepEqual([session.id, session.userId, session.status], [id, userId, 'active']);
    assert.ok(session.expireAt > session.createdAt && session.clientId);
  });
  await step('sessions.getSessionList', async () => {
    const { data, totalCount } = await clerk.sessions.getSessionList({ userId, status: 'active' });
    assert.equal(data[0].id, id);
    assert.equal(totalCount, instance.isProduction ? 1 : 3);
  });
  await step('sessions.revokeSession', async () => {
    assert.equal((await clerk.sessions.revokeSession(id)).status, 'revoked');
    await refused(() => clerk.sessions.getToken(id), 404, 'resource_not_found');
  });
}
