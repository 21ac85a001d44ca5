import type { Simulator } from '@local/testbed';

export const account = { accountName: 'svc-trace@example.corp', accountPassword: 'C0rrect-h0rse"+/& battery' };
export const application = {
  tenantId: '3f6b2c1e-8d47-4b5a-9c20-7e1f5a9d4c36',
  clientId: 'a4c81d92-5b3e-4f67-8a19-2d6c0b7e5f14',
  clientSecret: 'cl1ent~Secret.0f"the+appl1cat10n',
};

/** A way to the message traces of the tenant: which trigger, and which API it reads. */
export interface SignInScenario {
  readonly api: 'reporting_web_service' | 'graph';
  readonly dockerParameters: 'message_trace' | 'message_trace_graph';
  /** What identifies and proves who asks; the rest of the settings are the same for all ways. */
  readonly settings: (simulator: Simulator) => Readonly<Record<string, unknown>>;
  /** The setting that proves who asks. */
  readonly secret: 'account_password' | 'client_secret';
  /** The dialect of its events' raw rows. */
  readonly intakeFormat: 'message_trace' | 'message_trace_graph_api';
  /** What its events call the tenant; undefined where neither the API nor the settings name it. */
  readonly organization: string | undefined;
}

/** How the tenant calls itself in the rows of the Reporting Web Service. */
export const organization = 'examplecorp.onmicrosoft.com';
export const domain = 'example.corp';

/** As in the user's document: name and password, HTTP Basic. */
const accountOnTheService: SignInScenario = {
  api: 'reporting_web_service',
  dockerParameters: 'message_trace',
  settings: ({ apiUrl }) => ({
    account_name: account.accountName,
    account_password: account.accountPassword,
    api_url: apiUrl,
  }),
  secret: 'account_password',
  intakeFormat: 'message_trace',
  organization,
};

const accountOnGraph: SignInScenario = {
  api: 'graph',
  dockerParameters: 'message_trace',
  settings: ({ graphUrl, authorityUrl }) => ({
    account_name: account.accountName,
    account_password: account.accountPassword,
    client_id: application.clientId,
    api_url: graphUrl,
    authority_url: authorityUrl,
    max_requests_per_5_minutes: 10_000,
  }),
  secret: 'account_password',
  intakeFormat: 'message_trace',
  organization: domain,
};

const applicationOnGraph: SignInScenario = {
  api: 'graph',
  dockerParameters: 'message_trace_graph',
  settings: ({ graphUrl, authorityUrl }) => ({
    tenant_id: application.tenantId,
    client_id: application.clientId,
    client_secret: application.clientSecret,
    api_url: graphUrl,
    authority_url: authorityUrl,
    max_requests_per_5_minutes: 10_000,
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

/** For `describe.each`. */
export const signInScenarioNames = Object.keys(signInScenarios) as SignInScenarioName[];
