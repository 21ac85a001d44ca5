import { type LiveHandle, MailWorld } from '../../microsoft/world/mail-world.js';
import { type Simulator, startSimulator } from '../../microsoft/simulator.js';

export const SIGN_IN_SCENARIOS = ['basic', 'account', 'application'] as const;
export type SignInScenarioName = (typeof SIGN_IN_SCENARIOS)[number];

/** How the simulated tenant calls itself, and who may read it. */
const TENANT = { organization: 'lab.onmicrosoft.example', domain: 'lab.example' };
const ACCOUNT = { accountName: 'svc-trace@lab.example', accountPassword: 'L4b"pass+word/& 0ne  bl4nk' };
const APPLICATION = {
  tenantId: '5e0a7d34-91c2-4f68-b7a3-0d2c4e6f8a19',
  clientId: '7b1f9c52-3d48-4ea6-9f05-c8d7e6a5b412',
  clientSecret: 'L4b~client.Secret"of+it',
};
/** What the platform gives the module. No words: eight characters of a secret in a log line are a find. */
export const PLATFORM = { intakeKey: 'kQ7z-2vRt9-xWm6c1d', token: 'tP4w8.sLx1q.nB93feZ' };

/** What must not get out, besides the tokens that are made meanwhile; the last is what HTTP Basic sends. */
export const SECRETS: readonly string[] = [
  ...[ACCOUNT.accountPassword, APPLICATION.clientSecret, PLATFORM.intakeKey, PLATFORM.token],
  Buffer.from(`${ACCOUNT.accountName}:${ACCOUNT.accountPassword}`).toString('base64'),
];

/** A way to the message traces: which trigger, which API it reads, and who asks. */
export interface SignInScenario {
  readonly api: 'reporting_web_service' | 'graph';
  readonly dockerParameters: 'message_trace' | 'message_trace_graph';
  readonly settings: (simulator: Simulator) => Readonly<Record<string, unknown>>;
}

const account = { account_name: ACCOUNT.accountName, account_password: ACCOUNT.accountPassword };
const onGraph = ({ graphUrl, authorityUrl }: Simulator) => ({
  api_url: graphUrl,
  authority_url: authorityUrl,
  client_id: APPLICATION.clientId,
  // The chaos test polls every second, which the real quota does not allow.
  max_requests_per_5_minutes: 10_000,
});

export const SIGN_IN: Readonly<Record<SignInScenarioName, SignInScenario>> = {
  basic: {
    api: 'reporting_web_service',
    dockerParameters: 'message_trace',
    settings: ({ apiUrl }) => ({ ...account, api_url: apiUrl }),
  },
  account: {
    api: 'graph',
    dockerParameters: 'message_trace',
    settings: (simulator) => ({ ...account, ...onGraph(simulator) }),
  },
  application: {
    api: 'graph',
    dockerParameters: 'message_trace_graph',
    settings: (simulator) => ({
      ...onGraph(simulator),
      tenant_id: APPLICATION.tenantId,
      client_secret: APPLICATION.clientSecret,
    }),
  },
};

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

export interface TenantOptions {
  readonly seed: number;
  /** Rows an hour. */
  readonly rate: number;
  /** How long rows arrive. */
  readonly minutes: number;
}

interface Tenant {
  readonly simulator: Simulator;
  /** What goes on arriving. */
  readonly mail: LiveHandle;
  /** About how many there will be in the end. */
  readonly rows: number;
}

/** A tenant with mail of the last hours, and more that arrives. */
export async function startTenant({ seed, rate, minutes }: TenantOptions): Promise<Tenant> {
  const world = new MailWorld({ seed, ...TENANT });
  const simulator = await startSimulator({
    world,
    faultSeed: seed,
    // Small pages, so that there are links to die; many requests, as the chaos test polls every second.
    options: { ...ACCOUNT, pageRows: 500 },
    graph: { pageRows: 500, quotaRequests: 1_000_000 },
    // Tokens that end often, so that the token service has something to fail at.
    tokenService: { ...APPLICATION, tokenLifetimeSeconds: 20 },
  });
  const now = Date.now();
  const bulkRows = Math.ceil(rate / 2);
  world.add({ ...LATENESS, rows: bulkRows, from: now - BULK_HOURS * HOUR_MS, to: now });
  const mail = world.live({ ...LATENESS, rowsPerHour: rate, from: now });
  return { simulator, mail, rows: bulkRows + (rate * minutes) / 60 };
}
