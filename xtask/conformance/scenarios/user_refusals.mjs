// What is refused, as an application that uses the SDK sees it.

import assert from 'node:assert/strict';
import { SERVICE_USER, refused } from '../instance.mjs';

export async function userRefusals({ clerk }, step) {
  await step('users.getUser of nobody', () =>
    refused(() => clerk.users.getUser('user_2qHmZb8Kx3Wn5Tj7Rv9Lc1Fd4Xx'), 404, 'resource_not_found'));
  await step('users.createUser with a taken address', async () => {
    const create = () => clerk.users.createUser({ emailAddress: [SERVICE_USER], skipPasswordRequirement: true });
    const error = await refused(create, 422, 'form_identifier_exists');
    assert.equal(error.errors[0].meta?.paramName, 'email_address');
  });
  await step('users.createUser without a password where one is demanded', () =>
    refused(() => clerk.users.createUser({ emailAddress: ['nobody@hemera-academy.com'] }), 422, 'form_data_missing'));
}
