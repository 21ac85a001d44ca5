import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startSimulator, type MailRow, type Simulator } from '@local/testbed';
import { minute } from '../../support/scenario.js';
import { application } from '../../support/sign-in-scenarios.js';
import { ACCEPTED } from './accepted-differences.js';
import type { Scenario, Step } from './scenarios.js';
import { acceptedBy, compare, tableOf, type Comparison } from './support/compare.js';
import { fieldsOf } from './support/fields.js';
import { observe, type Observation, pythonWithSdk } from './support/probe.js';

const INSTALL_MS = 600_000;
const CALL_MS = 300_000;
const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';
const root = new URL('../../../', import.meta.url);
const comparisons: Comparison[] = [];
let simulator: Simulator;

beforeAll(async () => {
  await pythonWithSdk();
}, INSTALL_MS);

beforeEach(async () => {
  simulator = await startSimulator({ graph: { quotaRequests: 100_000 }, tokenService: application });
});

afterEach(() => simulator.close());

afterAll(() => {
  process.stdout.write(`\n${tableOf(comparisons, ACCEPTED)}\n\n`);
});

interface Finished {
  readonly results?: Readonly<Record<string, unknown>> | null;
  readonly error?: string;
  readonly outputs?: Readonly<Record<string, boolean>>;
  readonly logs?: string;
}

interface Call {
  readonly name: string;
  readonly command: string;
  /** Prepares the tenant, and says what is asked. */
  readonly given: () => object;
  readonly secret?: string;
  /** What the results must show, so that the call is the one that is meant. */
  readonly shows: (finished: Finished) => void;
}

function addMail(rows: number, recipients = 1): MailRow[] {
  const { world } = simulator;
  const now = Date.now();
  world.add({ rows, recipients, from: now - 60 * minute, to: now - 5 * minute });
  return Array.from(world.select({ fromMs: -Infinity, toMs: Infinity, inclusive: true }, now), (key) =>
    world.row(key, now),
  );
}

const search = (name: string, call: Omit<Call, 'name' | 'command'>): Call => ({
  name: `search_message_traces: ${name}`,
  command: 'search_message_traces',
  ...call,
});
const branch = (chosen: string) => (finished: Finished) => expect(finished.outputs).toMatchObject({ [chosen]: true });

const CALLS: readonly Call[] = [
  search('found', {
    given: () => ({ sender: [addMail(500)[0]!.sender] }),
    shows: branch('found'),
  }),
  search('not found', { given: () => ({ message_trace_id: UNKNOWN_ID }), shows: branch('not_found') }),
  search('a wrong secret in the account', {
    given: () => ({}),
    secret: 'a-secret-that-has-ended',
    shows: ({ error }) => expect(error).toContain('AADSTS7000215'),
  }),
  search('429 in the middle', {
    given: () => {
      simulator.graph.options.pageRows = 100;
      Object.assign(simulator.graph.options, { quotaRequests: 3, quotaWindowMs: 2_000 });
      addMail(350);
      return {};
    },
    shows: ({ results }) => {
      expect(simulator.graph.requests.totals.byResult['over-quota']).toBeGreaterThan(0);
      expect(results).toMatchObject({ complete: true, count: 350 });
    },
  }),
  search('a quote in an address', {
    given: () => ({ sender: [addMail(500).find(({ sender }) => sender.includes("'"))!.sender] }),
    shows: branch('found'),
  }),
  {
    name: 'get_message_trace_details: found',
    command: 'get_message_trace_details',
    given: () => {
      const { traceId, recipient } = addMail(500).find(({ status }) => status === 'Failed')!;
      return { message_trace_id: traceId, recipient };
    },
    shows: branch('found'),
  },
  {
    name: 'get_message_trace_details: not found',
    command: 'get_message_trace_details',
    given: () => ({ message_trace_id: UNKNOWN_ID, recipient: "o'neil@contoso.com" }),
    shows: branch('not_found'),
  },
  {
    name: 'find_message_recipients: 12,000 recipients',
    command: 'find_message_recipients',
    given: () => ({ message_id: addMail(12_000, 12_000)[0]!.messageId }),
    shows: ({ results }) => expect(results).toMatchObject({ complete: true, count: 12_000 }),
  },
  {
    name: 'find_message_recipients: not found',
    command: 'find_message_recipients',
    given: () => ({ message_id: '<nowhere@example.com>' }),
    shows: branch('not_found'),
  },
  {
    name: 'find_message_recipients: no message is named',
    command: 'find_message_recipients',
    given: () => ({ sender: 'a@b.example' }),
    shows: ({ error }) => expect(error).toMatch(/Name the message/),
  },
];

function scenarioOf({ name, command, given, secret = application.clientSecret }: Call): Scenario {
  return {
    name,
    command,
    values: {
      module_configuration: {
        tenant_id: application.tenantId,
        client_id: application.clientId,
        client_secret: '*****',
        api_url: simulator.graphUrl,
        authority_url: simulator.authorityUrl,
      },
      arguments: given(),
    },
    responses: (kind, n) =>
      kind === 'PATCH /callback' && n === 1
        ? { status: 200, body: { module_configuration: { value: { client_secret: secret } } } }
        : undefined,
    module: { root, cards: ['manifest.json', `action_${command}.json`], main: 'dist/bundle/main.js' },
  };
}

function finishedOf({ requests }: Observation): Finished {
  return requests.at(-1)!.body as Finished;
}

/** Lines of a log: level and text. */
function linesOf({ logs = '' }: Finished): string[] {
  return logs.split('\n').map((line) => line.replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[.\d]*: /, ''));
}

/** What an action of the SDK has to do in `run` to come to the same end. */
function stepsTo(finished: Finished, files: Observation['files']): Step[] {
  const { results, error, outputs = {} } = finished;
  const logged = linesOf(finished)
    .map((line) => /^(\w+): ([^]*)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, level, message]): Step => ['log', level, message]);
  const switched = Object.entries(outputs).map(([name, enabled]): Step => ['output', name, enabled]);
  const failed: Step[] = error === undefined ? [] : [['fail', error]];
  const steps = [...logged, ...switched, ...failed];
  if (results === undefined || results === null) return [...steps, ['give', null]];
  const inFile = Object.entries(results).find(([name]) => name.endsWith('_path'));
  const others = Object.fromEntries(Object.entries(results).filter(([name]) => name !== inFile?.[0]));
  if (inFile === undefined) return [...steps, ['merge', others]];
  const [, text = ''] = files.find(([name]) => name === inFile[1]) ?? [];
  return [...steps, ['merge', others], ['write', inFile[0].replace(/_path$/, ''), JSON.parse(text) as unknown]];
}

describe('an action of the module talks to the platform as one of the SDK does that comes to the same end', () => {
  test.each(CALLS)(
    '$name',
    async (call) => {
      const scenario = scenarioOf(call);
      const module = await observe('shim', scenario);
      const finished = finishedOf(module);
      call.shows(finished);
      const sdk = await observe('sdk', { ...scenario, steps: stepsTo(finished, module.files) });
      const comparison = compare(scenario.name, fieldsOf(sdk), fieldsOf(module));
      comparisons.push(comparison);
      expect(comparison.equal).toBeGreaterThan(5);
      expect(comparison.differences.filter((each) => acceptedBy(each, ACCEPTED) === undefined)).toEqual([]);
      expect(linesOf(finishedOf(sdk))).toEqual(linesOf(finished));
    },
    CALL_MS,
  );
});
