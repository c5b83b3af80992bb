// Machines, their keys, and whom they may talk to.

import assert from 'node:assert/strict';
import { refused } from '../instance.mjs';

export async function machines({ clerk }, step) {
  const receiver = await clerk.machines.create({ name: 'receiver' });
  const made = await step('machines.create', async () => {
    const machine = await clerk.machines.create({ name: 'sender', scopedMachines: [receiver.id], defaultTokenTtl: 600 });
    assert.match(machine.id, /^mch_\w{27}$/);
    assert.deepEqual([machine.name, machine.defaultTokenTtl], ['sender', 600]);
    assert.deepEqual(machine.scopedMachines.map(({ id }) => id), [receiver.id]);
    assert.match(machine.secretKey, /^ak_/);
    return machine;
  });
  await step('machines.get', async () => {
    const machine = await clerk.machines.get(made.id);
    assert.deepEqual([machine.id, machine.name], [made.id, 'sender']);
    assert.equal(machine.secretKey, undefined, 'only its creation shows the key');
  });
  await step('machines.list', async () => {
    const { data, totalCount } = await clerk.machines.list({ query: 'sender' });
    assert.deepEqual([data.map(({ id }) => id), totalCount], [[made.id], 1]);
  });
  await step('machines.update', async () => {
    const machine = await clerk.machines.update({ machineId: made.id, name: 'renamed', defaultTokenTtl: 60 });
    assert.deepEqual([machine.name, machine.defaultTokenTtl], ['renamed', 60]);
  });
  await step('machines.deleteScope', async () => {
    await clerk.machines.deleteScope(made.id, receiver.id);
    assert.deepEqual((await clerk.machines.get(made.id)).scopedMachines, []);
  });
  await step('machines.createScope', async () => {
    const scope = await clerk.machines.createScope(made.id, receiver.id);
    assert.deepEqual([scope.fromMachineId, scope.toMachineId], [made.id, receiver.id]);
    await refused(() => clerk.machines.createScope(made.id, receiver.id), 409, 'conflict');
  });
  await step('machines.getSecretKey', async () => {
    assert.equal((await clerk.machines.getSecretKey(made.id)).secret, made.secretKey);
  });
  await step('machines.rotateSecretKey', async () => {
    const { secret } = await clerk.machines.rotateSecretKey({ machineId: made.id, previousTokenTtl: 0 });
    assert.notEqual(secret, made.secretKey);
    assert.equal((await clerk.machines.getSecretKey(made.id)).secret, secret);
  });
  await step('machines.delete', async () => {
    await clerk.machines.delete(made.id);
    await refused(() => clerk.machines.get(made.id), 404, 'resource_not_found');
  });
}
