import { describe, expect, test } from '@jest/globals';
import { accountSettings, applicationSettings } from '../../../src/settings/definition.js';
import type { Settings } from '../../../src/settings/setting.js';
import {
  accountOptions,
  applicationOptions,
  DEFAULT_AUTHORITY_URL,
  traceOptions,
} from '../../../src/settings/options.js';
import type { MessageTraceConfiguration, MessageTraceGraphConfiguration } from '../../../src/settings/values.js';

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;

/** What a form holds that nobody has touched. */
function defaultsOf(settings: Settings): Record<string, unknown> {
  const entries = Object.entries(settings).map(([name, { default: value }]) => [name, value] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

const untouchedAccount = defaultsOf(accountSettings) as unknown as MessageTraceConfiguration;
const untouchedApplication = defaultsOf(applicationSettings) as unknown as MessageTraceGraphConfiguration;

/** Each setting of a trigger with a value of its own, so that no two can be confused. */
function distinct(settings: Settings): Record<string, unknown> {
  const named = Object.entries(settings).map(([name, { type }], index) => [
    name,
    type === 'integer' ? index + 1 : type === 'boolean' ? false : `the ${name}`,
  ]);
  return Object.fromEntries(named) as Record<string, unknown>;
}

function leavesOf(value: unknown): unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leavesOf) : [value];
}

describe('the options of a form that was not touched', () => {
  test('are the defaults of the card, durations in milliseconds', () => {
    expect(traceOptions(untouchedAccount)).toEqual({
      startTimeMs: 1 * hourMs,
      schedule: { frequencyMs: 60 * secondMs, delayMs: 0, lateWindowMs: 27 * hourMs },
      maxRequestsPer5Minutes: 90,
      events: { chunkSize: 1000, eventFormat: 'normalized', intakeFormat: 'message_trace', internalDomains: [] },
      filters: { sendOnly: [], doNotSend: [], internalDomains: [] },
      privacy: { subject: 'keep', addresses: 'keep', key: undefined },
      runs: { runOn: [], maxRunsAMinute: 10, internalDomains: [] },
      addresses: {
        apiUrl: 'https://reports.office365.com/ecp/reportingwebservice/reporting.svc',
        authorityUrl: 'https://login.microsoftonline.com',
        tokenScope: undefined,
      },
    });
  });

  test('of an application name Microsoft Graph and its intake format', () => {
    expect(traceOptions(untouchedApplication)).toMatchObject({
      events: { intakeFormat: 'message_trace_graph_api' },
      addresses: { apiUrl: 'https://graph.microsoft.com/v1.0' },
    });
    expect(applicationOptions(untouchedApplication)).toEqual({
      tenantId: undefined,
      clientId: undefined,
      credential: 'automatic',
      clientSecret: undefined,
      clientCertificate: undefined,
      federatedTokenFile: undefined,
      api: 'graph',
      authorityUrl: DEFAULT_AUTHORITY_URL,
    });
  });
});

test.each([
  ['start_time', 2, { startTimeMs: 2 * hourMs }],
  ['frequency', 7, { schedule: { frequencyMs: 7 * secondMs } }],
  ['timedelta', 3, { schedule: { delayMs: 3 * minuteMs } }],
  ['late_window', 90, { schedule: { lateWindowMs: 90 * minuteMs } }],
])('%s %d is read in its unit', (name, value, expected) => {
  expect(traceOptions({ ...untouchedAccount, [name]: value })).toMatchObject(expected);
});

// What the shim reads itself.
const ofTheShim = ['intake_key', 'intake_server', 'compress'];

test.each([
  ['account', accountSettings],
  ['application', applicationSettings],
] as const)('every setting of the %s reaches an option', (kind, settings: Settings) => {
  const values = distinct(settings);
  const access =
    kind === 'account'
      ? accountOptions(values as unknown as MessageTraceConfiguration)
      : applicationOptions(values as unknown as MessageTraceGraphConfiguration);
  const common = traceOptions(values as unknown as MessageTraceConfiguration);
  const reached = new Set([access, common].flatMap(leavesOf));
  const unitMs: Record<string, number> = { hours: hourMs, minutes: minuteMs, seconds: secondMs };
  const lost = Object.keys(settings).filter((name) => {
    const { unit = '' } = settings[name]!;
    const value = values[name];
    return !reached.has(typeof value === 'number' ? value * (unitMs[unit] ?? 1) : value);
  });
  expect(new Set(lost)).toEqual(new Set(ofTheShim));
});

test('settings that the card found wrong are handed on as they are, for the rules to judge', () => {
  expect(applicationOptions({ tenant_id: 7, client_certificate: ['x'] })).toMatchObject({
    tenantId: 7,
    clientCertificate: ['x'],
    clientId: undefined,
  });
});
