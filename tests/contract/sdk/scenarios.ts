import type { Responses } from './support/recorder.js';

/** A step of the probe with what it is given; probe/main.py and probe/main.mjs have them all. */
type Step = readonly [name: 'log' | 'send' | 'tell' | 'push' | 'remember', ...given: unknown[]];

/** What both sides are put through. */
export interface Scenario {
  readonly name: string;
  readonly command: string;
  readonly steps?: readonly Step[];
  /** The values of the platform's contract, as environment variables: objects as JSON, RECORDER for its address. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly manifestSecrets?: readonly string[];
  readonly cardSecrets?: readonly string[];
  readonly responses?: Responses;
  /** Health and metrics are asked for at the end. */
  readonly looksAtHealth?: boolean;
  /** Besides the probe's last step, what entry in the log is the end: one that is critical, or an error too. */
  readonly endsAt?: 'end' | 'critical' | 'error';
}

const trigger = { command: 'probe_trigger', values: { module_configuration: {}, trigger_configuration: {} } };
const connector = {
  command: 'probe_connector',
  values: { module_configuration: {}, connector_configuration: { intake_key: 'the-intake-key' } },
};
const validator = { command: 'validate_module_configuration', manifestSecrets: ['api_secret'] };
const account: Responses = (kind) =>
  kind === 'PATCH /callback'
    ? {
        status: 200,
        body: { module_configuration: { value: { tenant: 'not this one', api_secret: 'the-api-secret' } } },
      }
    : undefined;
const secrets = (body: object): Responses => {
  return (kind) => (kind === 'GET /secrets' ? { status: 200, body } : undefined);
};
/** The first requests of a kind are answered so, later ones as usual. */
const atFirst =
  (wanted: string, count: number, status: number, body: unknown): Responses =>
  (kind, n) =>
    kind === wanted && n <= count ? { status, body } : undefined;
const notReady = { error: 'INTAKE_KEY_ERROR', message: 'The intake key is invalid' };

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'logs of every level',
    ...trigger,
    manifestSecrets: ['api_secret'],
    responses: secrets({ value: { api_secret: 'the-api-secret' } }),
    steps: [
      ['log', 'debug', 'probe: a debug line'],
      ['log', 'info', 'probe: an info line'],
      ['log', 'info', 'probe: an info line'],
      ['log', 'warning', 'probe: é and 😀'],
      ['log', 'error', 'probe: an error line'],
      ['log', 'error', 'probe: an error line'],
      ['log', 'critical', 'probe: the first critical line'],
      ['log', 'critical', 'probe: the second critical line'],
    ],
  },
  { name: 'no steps, and the stop', ...trigger },
  {
    name: 'module secrets',
    ...trigger,
    values: { ...trigger.values, module_configuration: { tenant: 'mine', api_secret: '*****' } },
    manifestSecrets: ['api_secret'],
    responses: secrets({ value: { api_secret: 'the-api-secret' } }),
    steps: [['tell']],
  },
  {
    name: 'node_value of a trigger',
    ...trigger,
    values: { ...trigger.values, trigger_configuration: { password: '*****', frequency: 5 } },
    cardSecrets: ['password'],
    responses: secrets({ value: {}, node_value: { password: 'the-password' } }),
    steps: [['tell']],
  },
  {
    name: 'node_value of a connector',
    ...connector,
    values: { ...connector.values, connector_configuration: { intake_key: 'the-intake-key', password: '*****' } },
    cardSecrets: ['password'],
    responses: secrets({ value: {}, node_value: { password: 'the-password' } }),
    steps: [['tell']],
  },
  {
    name: 'secrets 503 twice',
    ...trigger,
    manifestSecrets: ['api_secret'],
    responses: (kind, n) =>
      kind === 'GET /secrets' ? { status: n <= 2 ? 503 : 200, body: { value: { api_secret: 'late' } } } : undefined,
    steps: [['tell']],
  },
  {
    name: 'events that start playbook runs',
    ...trigger,
    steps: [
      ['send', 'first', { text: 'é and 😀', number: 1.5, none: null, list: [1, { a: true }] }],
      ['send', 'second', { file: 'report.json' }, 'reports/1'],
    ],
  },
  {
    name: 'callback 503 once',
    ...trigger,
    responses: atFirst('POST /callback', 1, 503, {}),
    steps: [['send', 'again', { n: 1 }]],
  },
  {
    name: 'a small batch for the intake',
    ...connector,
    looksAtHealth: true,
    steps: [
      ['push', 20, 40],
      ['remember', { most_recent_date_requested: '2026-01-02T03:04:05Z', text: 'é' }],
    ],
  },
  { name: 'several chunks for the intake', ...connector, steps: [['push', 70, 20_000]] },
  {
    name: 'an intake with a path',
    ...connector,
    values: { ...connector.values, intake_url: 'RECORDER/api/v1/intake-http' },
    steps: [['push', 3, 10]],
  },
  {
    name: 'an intake key that is not ready',
    ...connector,
    endsAt: 'end',
    responses: atFirst('POST /batch', 2, 422, notReady),
    steps: [['push', 10, 40]],
  },
  {
    name: 'settings of other JSON types',
    ...trigger,
    values: {
      ...trigger.values,
      trigger_configuration: { frequency: '5', enabled: 'true', ratio: '0.25', text: 12345, password: 98765432 },
    },
    steps: [['tell']],
  },
  {
    name: 'unknown settings',
    ...trigger,
    values: { ...trigger.values, trigger_configuration: { unheard_of: 1, another: null } },
    steps: [['tell']],
  },
  {
    name: 'wrong settings',
    ...trigger,
    values: { ...trigger.values, trigger_configuration: { frequency: 'often' } },
  },
  { name: 'no settings', command: 'probe_trigger', values: { module_configuration: {} }, endsAt: 'error' },
  { name: 'an unknown command', command: 'no_such_command', values: {} },
  {
    name: 'a connector by the trigger’s settings',
    ...connector,
    values: { module_configuration: {}, trigger_configuration: { intake_key: 'the-intake-key' } },
    steps: [['push', 2, 10]],
  },
  {
    name: 'the account works',
    ...validator,
    values: { module_configuration: { tenant: 'right' } },
    responses: account,
  },
  { name: 'the account does not', ...validator, values: { module_configuration: { tenant: 'x' } }, responses: account },
  {
    name: 'the account’s report 503 once',
    ...validator,
    values: { module_configuration: { tenant: 'right' } },
    responses: (kind, n) => (kind === 'PATCH /callback' && n === 2 ? { status: 503 } : account(kind, n)),
  },
];
