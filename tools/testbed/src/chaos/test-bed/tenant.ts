import type { LiveHandle, MailWorld } from '../../microsoft/world/mail-world.js';
import { type Identities, type SignInScenario, signInScenarios } from '../../test-bed/sign-in-scenarios.js';

export const SIGN_IN_SCENARIOS = ['basic', 'account', 'application'] as const;
export type SignInScenarioName = (typeof SIGN_IN_SCENARIOS)[number];

export const SIGN_IN: Readonly<Record<SignInScenarioName, SignInScenario>> = {
  basic: signInScenarios['an account on the Reporting Web Service'],
  account: signInScenarios['an account on Microsoft Graph'],
  application: signInScenarios['an application on Microsoft Graph'],
};

/** Secrets without words: eight characters of a secret in a log line are a find. */
export const IDENTITIES: Identities = {
  organization: 'lab.onmicrosoft.example',
  domain: 'lab.example',
  account: { accountName: 'svc-trace@lab.example', accountPassword: 'L4b"pass+word/& 0ne  bl4nk' },
  application: {
    tenantId: '5e0a7d34-91c2-4f68-b7a3-0d2c4e6f8a19',
    clientId: '7b1f9c52-3d48-4ea6-9f05-c8d7e6a5b412',
    clientSecret: 'L4b~client.Secret"of+it',
  },
  intakeKey: 'kQ7z-2vRt9-xWm6c1d',
  token: 'tP4w8.sLx1q.nB93feZ',
};

/** What must not get out, besides the tokens that are made meanwhile; the last is what HTTP Basic sends. */
export const SECRETS: readonly string[] = [
  IDENTITIES.account.accountPassword,
  IDENTITIES.application.clientSecret,
  IDENTITIES.intakeKey,
  IDENTITIES.token,
  Buffer.from(`${IDENTITIES.account.accountName}:${IDENTITIES.account.accountPassword}`).toString('base64'),
];

const HOUR_MS = 3_600_000;
/** How mail behaves: it is late, and changes its status, by up to that many seconds. */
const LATENESS = {
  ...{ lateShare: 0.2, lateSeconds: [1, 40] as const },
  ...{ changingShare: 0.2, changeSeconds: [1, 40] as const },
};
/** After this long everything about a row has been shown. */
export const MAX_CHANGE_MS = 80_000;
/** How old the oldest mail is. */
export const BULK_HOURS = 2;

/** Small pages, so that there are links to die; tokens that end often, so that the token service can fail. */
export const TENANT_OPTIONS = {
  service: { pageRows: 500 },
  graph: { pageRows: 500 },
  tokenService: { tokenLifetimeSeconds: 20 },
};

/** Rows of the last hours, before any arrives. */
export function bulkRows(rowsPerHour: number): number {
  return Math.ceil(rowsPerHour / 2);
}

/** Gives the tenant mail of the last hours, and more that arrives. */
export function addMail(world: MailWorld, rowsPerHour: number): LiveHandle {
  const now = Date.now();
  world.add({ ...LATENESS, rows: bulkRows(rowsPerHour), from: now - BULK_HOURS * HOUR_MS, to: now });
  return world.live({ ...LATENESS, rowsPerHour, from: now });
}
