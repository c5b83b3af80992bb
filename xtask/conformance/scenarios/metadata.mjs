// Metadata: merged deeply by one call, replaced by another.

import assert from 'node:assert/strict';

export async function metadata(instance, step) {
  const { clerk } = instance;
  const { id } = await instance.serviceUser();
  await step('users.updateUserMetadata', async () => {
    await clerk.users.updateUserMetadata(id, { publicMetadata: { limits: { day: 1, hour: 2 }, tags: ['a', 'b'] } });
    const user = await clerk.users.updateUserMetadata(id, {
      publicMetadata: { limits: { hour: null }, tags: ['c'], service: null },
      privateMetadata: { note: 'x' },
    });
    assert.deepEqual(user.publicMetadata, { role: 'api-client', limits: { day: 1 }, tags: ['c'] });
    assert.deepEqual(user.privateMetadata, { note: 'x' });
  });
  await step('users.replaceUserMetadata', async () => {
    const user = await clerk.users.replaceUserMetadata(id, { publicMetadata: { role: 'api-client', service: null } });
    assert.deepEqual(user.publicMetadata, { role: 'api-client', service: null });
    assert.deepEqual(user.privateMetadata, { note: 'x' });
  });
}
