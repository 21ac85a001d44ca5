import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { runCommand, startCommand } from '../../support/command-line.js';

type Json = Readonly<Record<string, unknown>>;

const fixture = (api: string, file: string) =>
  JSON.parse(readFileSync(new URL(`../../fixtures/events/${api}/${file}`, import.meta.url), 'utf8')) as Json;

const normalize = (input: string, ...args: string[]) => runCommand(['normalize', ...args], { env: {}, input });
const eventsIn = (stdout: string) =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Json);

const graph = fixture('graph', 'cases.json')['row'] as Json;
const reporting = fixture('reporting-web-service', 'cases.json')['row'] as Json;

/** A row of Graph does not name the tenant, nor the range that was asked for. */
function withoutRequest(golden: Json): Json {
  const without = (value: Json, ...names: string[]) =>
    Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));
  return { ...without(golden, 'organization'), event: without(golden['event'] as Json, 'start', 'end') };
}

describe('normalize', () => {
  test.each([
    ['graph', 'message_trace_graph_api'],
    ['reporting-web-service', 'message_trace'],
  ])('the golden rows of %s become the golden events', async (api, format) => {
    const { row, cases } = fixture(api, 'cases.json') as { row: Json; cases: Record<string, { row?: Json }> };
    const rows = [row, ...Object.values(cases).map((one) => ({ ...row, ...one.row }))];
    const input = rows.map((one) => JSON.stringify(one)).join('\n');
    const { code, stdout, stderr } = await normalize(input);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const events = eventsIn(stdout);
    expect(events).toHaveLength(rows.length);
    const golden = fixture(api, `golden.${format}.json`);
    expect(events[0]).toEqual(api === 'graph' ? withoutRequest(golden) : golden);
  });

  test('answers of both APIs and a list give the same events as rows', async () => {
    const [one] = eventsIn((await normalize(JSON.stringify(graph))).stdout);
    const [other] = eventsIn((await normalize(JSON.stringify(reporting))).stdout);
    const answers = [{ value: [graph, graph] }, { d: { results: [reporting] } }].map((each) => JSON.stringify(each));
    expect(eventsIn((await normalize(answers.join('\n'))).stdout)).toEqual([one, one, other]);
    expect(eventsIn((await normalize(JSON.stringify([graph, reporting], undefined, 2))).stdout)).toEqual([one, other]);
  });

  test('enriched events tell the direction by the domains that are given', async () => {
    const direct = async (...args: string[]) => {
      const { code, stdout } = await normalize(JSON.stringify(graph), '--event-format', 'enriched', ...args);
      expect(code).toBe(0);
      return (eventsIn(stdout)[0]?.['network'] as Json)['direction'];
    };
    expect(await direct('--internal-domain', 'example.com', '--internal-domain', 'fabrikam.com')).toBe('inbound');
    expect(await direct('--internal-domain', '*.contoso.com')).toBe('outbound');
    expect(await direct()).toBe('unknown');
  });

  test('PowerShell writes dates as objects or ticks', async () => {
    const row = { ...reporting, Received: { value: reporting['Received'], DisplayHint: 2, DateTime: 'Monday' } };
    const { code, stdout } = await normalize(JSON.stringify([row], undefined, 4));
    expect(code).toBe(0);
    expect(eventsIn(stdout)).toEqual(eventsIn((await normalize(JSON.stringify(reporting))).stdout));
  });

  test('what search has written', async () => {
    const found = {
      message_trace_id: graph['id'],
      received: '2026-11-28T09:00:00Z',
      sender: 'a@x.example',
      recipient: 'b@y.example',
    };
    const { code, stdout } = await normalize(JSON.stringify(found));
    expect(code).toBe(0);
    expect(eventsIn(stdout)[0]).toMatchObject({
      '@timestamp': expect.stringMatching(/^2026-11-28T09/) as unknown as string,
    });
  });

  test('bad lines are named with their number, and the exit code is 1', async () => {
    const input = [JSON.stringify(graph), '{"half":', '{"other":1}', JSON.stringify(graph)].join('\n');
    const { code, stdout, stderr } = await normalize(input);
    expect(code).toBe(1);
    expect(eventsIn(stdout)).toHaveLength(2);
    expect(stderr).toContain('standard input, line 2: It is no JSON.');
    expect(stderr).toContain('standard input, line 3: It is no row of a message trace');
    expect(stderr).toContain('2 rows could not be read. All others were written.');
  });

  test('a file that is not there is a 1', async () => {
    const { code, stderr } = await normalize('', '/no/such/file');
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringMatching(/ENOENT/) as unknown as string });
  });

  test('a reader that closes early ends it quietly', async () => {
    const input = `${JSON.stringify(graph)}\n`.repeat(50_000);
    const running = startCommand(['normalize'], { env: {}, input });
    running.process.stdout?.once('data', () => running.process.stdout?.destroy());
    const { code, stderr } = await running.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});
