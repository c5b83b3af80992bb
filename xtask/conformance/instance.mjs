// One running emulator: Clerk's SDK pointed at it, its Frontend API as an app sees it, and its controls.

import assert from 'node:assert/strict';
import { createClerkClient } from '@clerk/backend';

const JSON_BODY = { 'content-type': 'application/json' };
export const SERVICE_USER = 'aither-service@hemera-academy.com';
export const TEMPLATE = 'hemera-api';

export class Instance {
  constructor({ base_url, issuer, secret_key, publishable_key, jwt_key }) {
    this.origin = base_url;
    this.issuer = issuer;
    this.secretKey = secret_key;
    this.publishableKey = publishable_key;
    this.jwtKey = jwt_key;
    this.isProduction = secret_key.startsWith('sk_live_');
    this.name = this.isProduction ? 'production' : 'development';
    this.clerk = this.client();
  }

  /** The SDK as an application makes it. */
  client(options = {}) {
    return createClerkClient({
      apiUrl: this.origin,
      secretKey: this.secretKey,
      publishableKey: this.publishableKey,
      telemetry: { disabled: true },
      ...options,
    });
  }

  /** How `verifyToken` finds the key over the network, each time anew. */
  get online() {
    return { secretKey: this.secretKey, apiUrl: this.origin, skipJwksCache: true };
  }

  reset() {
    return this.control('POST', 'reset');
  }

  /** A token that is wrong in the ways asked for; without any, a good one. */
  async forge(forgery) {
    return (await this.control('POST', 'forge', forgery)).jwt;
  }

  async control(method, path, body = {}) {
    const answer = await fetch(`${this.origin}/__emulator/${path}`, {
      method, headers: JSON_BODY, body: method === 'GET' ? undefined : JSON.stringify(body),
    });
    assert.ok(answer.ok, `the control ${path} answered ${answer.status}`);
    return answer.json();
  }

  async serviceUser() {
    const { data } = await this.clerk.users.getUserList({ emailAddress: [SERVICE_USER] });
    assert.equal(data.length, 1);
    return data[0];
  }

  /** Redeems a ticket as a native app does; `{ status, body }`. */
  async redeem(ticket) {
    const answer = await fetch(`${this.origin}/v1/client/sign_ins?_is_native=1`, {
      method: 'POST',
      body: new URLSearchParams({ strategy: 'ticket', ticket }),
    });
    return { status: answer.status, body: await answer.json(), token: answer.headers.get('authorization') };
  }

  /** The id of a session in the way that both kinds of instance allow: a ticket, redeemed. */
  async signIn(userId) {
    const ticket = await this.clerk.signInTokens.createSignInToken({ userId, expiresInSeconds: 60 });
    const { status, body } = await this.redeem(ticket.token);
    assert.equal(status, 200);
    assert.equal(body.response.status, 'complete');
    return body.response.created_session_id;
  }
}

/** The error that `work` must end in, as the SDK throws it for a refusal. */
export async function refused(work, status, code) {
  const error = await work().then(() => assert.fail(`it was not refused with ${status} ${code}`), (thrown) => thrown);
  if (error instanceof assert.AssertionError) throw error;
  assert.deepEqual([error.status, error.errors?.[0]?.code], [status, code]);
  assert.ok(error.clerkTraceId, 'no clerkTraceId');
  return error;
}

/** The claims and the header of a JWT, unverified. */
export function decoded(jwt) {
  const [header, claims] = jwt.split('.').map((part) => {
    try { return JSON.parse(Buffer.from(part, 'base64url').toString()); } catch { return undefined; }
  });
  return { header, claims };
}
