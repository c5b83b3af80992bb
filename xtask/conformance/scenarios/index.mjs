// All scenarios. Each is an asynchronous function of an instance and of `step`, which tries one operation.

import { users } from './users.mjs';
import { userRefusals } from './user_refusals.mjs';
import { barred } from './barred.mjs';
import { metadata } from './metadata.mjs';
import { signInTokens } from './sign_in_tokens.mjs';
import { sessions } from './sessions.mjs';
import { tokens } from './tokens.mjs';
import { jwtTemplates } from './jwt_templates.mjs';
import { machines } from './machines.mjs';
import { m2mTokens } from './m2m_tokens.mjs';
import { verification } from './verification.mjs';
import { authentication } from './authentication.mjs';
import { rotation } from './rotation.mjs';
import { refusals } from './refusals.mjs';

export const SCENARIOS = [
  users, userRefusals, barred, metadata, signInTokens, sessions, tokens, jwtTemplates, machines, m2mTokens,
  verification, authentication, rotation, refusals,
];
