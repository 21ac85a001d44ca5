import type { Responses } from './support/recorder.js';

/** A step of the probe with what it is given; probe/main.py and probe/main.mjs have them all. */
export type Step = readonly [name: TriggerStep | ActionStep, ...given: unknown[]];
type TriggerStep = 'log' | 'send' | 'tell' | 'push' | 'remember';
type ActionStep = 'log' | 'output' | 'fail' | 'throw' | 'tell' | 'rows' | 'read' | 'write' | 'wait' | 'give' | 'merge';

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
  /** The kind of request after which SIGTERM comes. */
  readonly stopAt?: string;
  /** What lies in the data folder: names with their texts. */
  readonly files?: Readonly<Record<string, string>>;
  /** The module that is put through it, in the place of the probe with its cards: the SDK's probe gets its cards. */
  readonly module?: { readonly root: URL; readonly cards: readonly string[]; readonly main: string };
}

const trigger = { command: 'probe_trigger', values: { module_configuration: {}, trigger_configuration: {} } };
const connector = {
  command: 'probe_connector',
  values: { module_configuration: {}, connector_configuration: { intake_key: 'the-intake-key' } },
};
const action = { command: 'probe_action', values: { module_configuration: { tenant: 'mine' }, arguments: {} } };
const typed = (given: object) => ({
  command: 'probe_typed_action',
  values: { ...action.values, arguments: given },
});
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
  {
    name: 'an action: results, outputs and logs',
    ...action,
    steps: [
      ['log', 'debug', 'probe: a debug line'],
      ['log', 'info', 'probe: an info line'],
      ['log', 'warning', 'probe: é and 😀'],
      ['output', 'found', true],
      ['output', 'not_found', false],
      ['log', 'error', 'probe: an error line'],
      ['give', { count: 2, list: [1.5, { a: true, none: null }], text: 'é and 😀', empty: {} }],
    ],
  },
  { name: 'an action without results', ...action, steps: [['give', null]] },
  { name: 'an action whose results are a list', ...action, steps: [['give', [{ n: 1 }, { n: 2 }]]] },
  { name: 'an action whose results are a text', ...action, steps: [['give', 'a text']] },
  {
    name: 'an action that reports an error',
    ...action,
    steps: [
      ['output', 'found', false],
      ['fail', 'The tenant does not answer.'],
      ['give', { partial: true }],
    ],
  },
  {
    name: 'an action that throws',
    ...action,
    steps: [
      ['output', 'found', true],
      ['log', 'info', 'probe: before it throws'],
      ['throw', 'no answer'],
    ],
  },
  {
    name: 'arguments of other JSON types',
    ...typed({ count: '5', exact: 'true', text: 12345, words: ['a', 7] }),
    steps: [['tell']],
  },
  { name: 'defaults, and unknown arguments', ...typed({ unheard_of: 1 }), steps: [['tell']] },
  { name: 'invalid arguments', ...typed({ count: 'many' }), steps: [['tell']] },
  { name: 'no arguments', ...action, values: { module_configuration: {} }, steps: [['give', {}]] },
  {
    name: 'an action and the module’s secrets',
    ...action,
    values: { ...action.values, module_configuration: { tenant: 'mine', api_secret: '*****' } },
    manifestSecrets: ['api_secret'],
    responses: account,
    steps: [['tell']],
  },
  { name: 'large results', ...action, steps: [['rows', 20_000]] },
  {
    name: 'an argument and a result by file',
    ...action,
    values: { ...action.values, arguments: { rows_path: 'rows.json' } },
    files: { 'rows.json': '[1, "é", {"a": null}]' },
    steps: [
      ['read', 'rows'],
      ['write', 'copy', { text: 'é and 😀', list: [1.5, null, true] }],
    ],
  },
  {
    name: 'an argument and a result directly',
    ...action,
    values: { ...action.values, arguments: { rows: [1, 2] } },
    steps: [
      ['read', 'rows'],
      ['write', 'copy', { n: 1 }],
    ],
  },
  { name: 'a result without an argument', ...action, steps: [['write', 'copy', [1, 2]]] },
  { name: 'an argument that is not required', ...action, steps: [['read', 'rows', false]] },
  { name: 'an argument that is missing', ...action, steps: [['read', 'rows']] },
  {
    name: 'an argument’s file that is missing',
    ...action,
    values: { ...action.values, arguments: { rows_path: 'none.json' } },
    steps: [['read', 'rows']],
  },
  {
    name: 'the callback 500 once at the beginning and once at the end',
    ...action,
    responses: (kind, n) => (kind === 'PATCH /callback' && [1, 3].includes(n) ? { status: 500 } : undefined),
    steps: [['give', { n: 1 }]],
  },
  {
    name: 'the callback 409 at the end',
    ...action,
    responses: (kind, n) => (kind === 'PATCH /callback' && n === 2 ? { status: 409 } : undefined),
    steps: [['give', { n: 1 }]],
  },
  {
    name: 'the callback 410 at the end',
    ...action,
    responses: (kind, n) => (kind === 'PATCH /callback' && n === 2 ? { status: 410 } : undefined),
    steps: [['give', { n: 1 }]],
  },
  {
    name: 'the callback 413 at the end',
    ...action,
    responses: (kind, n) => (kind === 'PATCH /callback' && n === 2 ? { status: 413 } : undefined),
    steps: [['give', { n: 1 }]],
  },
  {
    name: 'the callback 400 at the beginning',
    ...action,
    responses: (kind, n) => (kind === 'PATCH /callback' && n === 1 ? { status: 400 } : undefined),
    steps: [['give', { n: 1 }]],
  },
  { name: 'SIGTERM during an action', ...action, stopAt: 'PATCH /callback', steps: [['wait']] },
];
