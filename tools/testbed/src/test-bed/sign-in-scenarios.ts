import type { Simulator } from '../microsoft/simulator.js';

/** Names and secrets of everybody whom the module meets. */
export interface Identities {
  /** How the tenant calls itself in the rows of the Reporting Web Service. */
  readonly organization: string;
  /** Of its mailboxes. */
  readonly domain: string;
  readonly account: { readonly accountName: string; readonly accountPassword: string };
  readonly application: { readonly tenantId: string; readonly clientId: string; readonly clientSecret: string };
  readonly intakeKey: string;
  /** The bearer token that the platform gives the module. */
  readonly token: string;
}

export const EXAMPLE_IDENTITIES: Identities = {
  organization: 'examplecorp.onmicrosoft.com',
  domain: 'example.corp',
  account: { accountName: 'svc-trace@example.corp', accountPassword: 'C0rrect-h0rse"+/& battery' },
  application: {
    tenantId: '3f6b2c1e-8d47-4b5a-9c20-7e1f5a9d4c36',
    clientId: 'a4c81d92-5b3e-4f67-8a19-2d6c0b7e5f14',
    clientSecret: 'cl1ent~Secret.0f"the+appl1cat10n',
  },
  intakeKey: 'k3y-of-the-intake-9f2c',
  token: 'eyJ0b2tlbiI6InBsYXlib29rIn0.s1gn4ture',
};

/** A way to the message traces of the tenant: which trigger, which API it reads, and who asks. */
export interface SignInScenario {
  readonly api: 'reporting_web_service' | 'graph';
  readonly dockerParameters: 'message_trace' | 'message_trace_graph';
  /** What identifies and proves who asks; the rest of the settings are the same for all ways. */
  readonly settings: (simulator: Simulator, identities?: Identities) => Readonly<Record<string, unknown>>;
  /** The setting that proves who asks. */
  readonly secret: 'account_password' | 'client_secret';
  /** The dialect of its events' raw rows. */
  readonly intakeFormat: 'message_trace' | 'message_trace_graph_api';
  /** What its events call the tenant of the examples; undefined where neither the API nor the settings name it. */
  readonly organization: string | undefined;
}

const nameAndPassword = ({ account }: Identities) => ({
  account_name: account.accountName,
  account_password: account.accountPassword,
});

const onGraph = ({ graphUrl, authorityUrl }: Simulator, { application }: Identities) => ({
  client_id: application.clientId,
  api_url: graphUrl,
  authority_url: authorityUrl,
  // Tests poll every second, which the real quota does not allow.
  max_requests_per_5_minutes: 10_000,
});

/** As in the user's document: name and password, HTTP Basic. */
const accountOnTheService: SignInScenario = {
  api: 'reporting_web_service',
  dockerParameters: 'message_trace',
  settings: ({ apiUrl }, identities = EXAMPLE_IDENTITIES) => ({ ...nameAndPassword(identities), api_url: apiUrl }),
  secret: 'account_password',
  intakeFormat: 'message_trace',
  organization: EXAMPLE_IDENTITIES.organization,
};

const accountOnGraph: SignInScenario = {
  api: 'graph',
  dockerParameters: 'message_trace',
  settings: (simulator, identities = EXAMPLE_IDENTITIES) => ({
    ...nameAndPassword(identities),
    ...onGraph(simulator, identities),
  }),
  secret: 'account_password',
  intakeFormat: 'message_trace',
  organization: EXAMPLE_IDENTITIES.domain,
};

const applicationOnGraph: SignInScenario = {
  api: 'graph',
  dockerParameters: 'message_trace_graph',
  settings: (simulator, identities = EXAMPLE_IDENTITIES) => ({
    tenant_id: identities.application.tenantId,
    client_secret: identities.application.clientSecret,
    ...onGraph(simulator, identities),
  }),
  secret: 'client_secret',
  intakeFormat: 'message_trace_graph_api',
  // Its tenant_id is a GUID.
  organization: undefined,
};

export const signInScenarios = {
  'an account on the Reporting Web Service': accountOnTheService,
  'an account on Microsoft Graph': accountOnGraph,
  'an application on Microsoft Graph': applicationOnGraph,
} as const;

export type SignInScenarioName = keyof typeof signInScenarios;
