// A JWT template from its creation to its end, and what is minted from it.

import assert from 'node:assert/strict';
import { SERVICE_USER, TEMPLATE, decoded, refused } from '../instance.mjs';

const CLAIMS = { aud: ['reports'], mail: '{{user.primary_email_address}}', nested: { whole: '{{user.public_metadata}}' } };

export async function jwtTemplates(instance, step) {
  const { clerk } = instance;
  const made = await step('jwtTemplates.create', async () => {
    const template = await clerk.jwtTemplates.create({ name: 'reports', claims: CLAIMS, lifetime: 120 });
    assert.match(template.id, /^jtmp_\w{27}$/);
    assert.deepEqual([template.name, template.lifetime, template.allowedClockSkew], ['reports', 120, 5]);
    assert.deepEqual([template.customSigningKey, template.signingAlgorithm], [false, 'RS256']);
    assert.deepEqual(template.claims, CLAIMS);
    return template;
  });
  await step('jwtTemplates.create with a reserved claim', () =>
    refused(() => clerk.jwtTemplates.create({ name: 'bad', claims: { sub: 'x' } }), 400, 'jwt_template_reserved_claim'));
  await step('jwtTemplates.get', async () => {
    assert.deepEqual(await clerk.jwtTemplates.get(made.id), made);
  });
  await step('jwtTemplates.list', async () => {
    const { data, totalCount } = await clerk.jwtTemplates.list();
    assert.deepEqual(data.map(({ name }) => name).sort(), [TEMPLATE, 'reports']);
    assert.equal(totalCount, 2);
  });
  await step('a token of a new template', async () => {
    const user = await instance.serviceUser();
    const { claims } = decoded((await clerk.sessions.getToken(await instance.signIn(user.id), 'reports')).jwt);
    assert.deepEqual([claims.aud, claims.mail], [['reports'], SERVICE_USER]);
    assert.deepEqual(claims.nested, { whole: user.publicMetadata });
    assert.equal(claims.exp - claims.iat, 120);
  });
  await step('jwtTemplates.update', async () => {
    const template = await clerk.jwtTemplates.update({ templateId: made.id, name: 'reports', claims: {}, lifetime: 60 });
    assert.deepEqual([template.id, template.lifetime, template.claims], [made.id, 60, {}]);
  });
  await step('jwtTemplates.delete', async () => {
    const gone = await clerk.jwtTemplates.delete(made.id);
    assert.deepEqual([gone.id, gone.deleted], [made.id, true]);
    await refused(() => clerk.jwtTemplates.get(made.id), 404, 'resource_not_found');
  });
}
