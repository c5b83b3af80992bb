// Tokens minted at the Backend API: of the session itself, and from a template.

import assert from 'node:assert/strict';
import { TEMPLATE, decoded, refused } from '../instance.mjs';

export async function tokens(instance, step) {
  const { clerk } = instance;
  const { id: userId } = await instance.serviceUser();
  const session = await instance.signIn(userId);
  await step('sessions.getToken', async () => {
    const { header, claims } = decoded((await clerk.sessions.getToken(session)).jwt);
    assert.deepEqual([header.alg, header.typ, header.cat], ['RS256', 'JWT', 'cl_B7d4PD111AAA']);
    assert.deepEqual([claims.sub, claims.sid, claims.v, claims.sts], [userId, session, 2, 'active']);
    assert.equal(claims.exp - claims.iat, 60);
    assert.equal(claims.azp, undefined, 'azp comes from an Origin, and there was none');
  });
  await step('sessions.getToken with a lifetime', async () => {
    const { claims } = decoded((await clerk.sessions.getToken(session, undefined, 300)).jwt);
    assert.equal(claims.exp - claims.iat, 300);
  });
  await step('sessions.getToken from a template', async () => {
    const { header, claims } = decoded((await clerk.sessions.getToken(session, TEMPLATE)).jwt);
    assert.equal(header.cat, 'cl_B7d4PD222AAA');
    assert.deepEqual([claims.sub, claims.aud, claims.role], [userId, 'hemera-api', 'api-client']);
    assert.equal(claims.exp - claims.iat, 900);
    assert.deepEqual([claims.sid, claims.v, claims.azp], [undefined, undefined, undefined]);
  });
  await step('sessions.getToken from a template that is not there', () =>
    refused(() => clerk.sessions.getToken(session, 'nothing'), 404, 'resource_not_found'));
}
