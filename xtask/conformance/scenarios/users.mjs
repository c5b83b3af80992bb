// A user from its creation to its end.

import assert from 'node:assert/strict';

export async function users({ clerk }, step) {
  const made = await step('users.createUser', async () => {
    const user = await clerk.users.createUser({
      emailAddress: ['lena.hartmann@hemera-academy.com'],
      firstName: 'Lena',
      lastName: 'Hartmann',
      externalId: 'lena',
      skipPasswordRequirement: true,
      publicMetadata: { role: 'user' },
    });
    assert.match(user.id, /^user_\w{27}$/);
    assert.equal(user.primaryEmailAddress.emailAddress, 'lena.hartmann@hemera-academy.com');
    assert.equal(user.primaryEmailAddress.verification.status, 'verified');
    assert.equal(user.fullName, 'Lena Hartmann');
    assert.deepEqual(user.publicMetadata, { role: 'user' });
    assert.equal(user.passwordEnabled, false);
    return user;
  });
  await step('users.getUser', async () => {
    assert.deepEqual((await clerk.users.getUser(made.id)).raw, made.raw);
  });
  await step('users.getUserList', async () => {
    const byAddress = await clerk.users.getUserList({ emailAddress: ['lena.hartmann@hemera-academy.com'] });
    assert.deepEqual(byAddress.data.map(({ id }) => id), [made.id]);
    assert.equal(byAddress.totalCount, 1);
    const byExternalId = await clerk.users.getUserList({ externalId: ['lena'] });
    assert.deepEqual(byExternalId.data.map(({ id }) => id), [made.id]);
    const page = await clerk.users.getUserList({ limit: 2, offset: 1, orderBy: '-created_at' });
    assert.equal(page.data.length, 2);
    assert.equal(page.totalCount, 5);
    assert.equal((await clerk.users.getUserList({ query: 'hartmann' })).totalCount, 1);
  });
  await step('users.getCount', async () => assert.equal(await clerk.users.getCount(), 5));
  await step('users.updateUser', async () => {
    const user = await clerk.users.updateUser(made.id, { lastName: 'Vogel', publicMetadata: { role: 'moderator' } });
    assert.equal(user.lastName, 'Vogel');
    assert.deepEqual(user.publicMetadata, { role: 'moderator' });
    assert.ok(user.updatedAt >= made.updatedAt);
  });
  for (const [name, flag, value] of [
    ['banUser', 'banned', true], ['unbanUser', 'banned', false],
    ['lockUser', 'locked', true], ['unlockUser', 'locked', false],
  ]) {
    await step(`users.${name}`, async () => {
      assert.equal((await clerk.users[name](made.id))[flag], value);
      assert.equal((await clerk.users.getUser(made.id))[flag], value);
    });
  }
  await step('users.removePassword', async () => {
    const password = 'ein-langes-passwort-fuer-lena';
    assert.equal((await clerk.users.updateUser(made.id, { password })).passwordEnabled, true);
    assert.equal((await clerk.users.removePassword(made.id)).passwordEnabled, false);
  });
  await step('users.deleteUser', async () => {
    assert.equal((await clerk.users.deleteUser(made.id)).id, made.id);
    assert.equal(await clerk.users.getCount(), 4);
  });
}
