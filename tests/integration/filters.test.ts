import { describe, expect, test } from '@jest/globals';
import { ExpectedFilter, identifyEvent, type MailWorld, type TriggerProcess } from '@local/testbed';
import { rejectedIn } from '../support/dead-letters.js';
import { hour, minute, Scenario, second } from '../support/scenario.js';
import { domain } from '../support/sign-in-scenarios.js';

const CHUNK = 100;
const KILLS = 5;
const rules = {
  do_not_send: [
    'direction: internal and status: delivered',
    'Sender: newsletter.example, *@fabrikam.example',
    'subject: *report* and recipient: *.partner.example, *a*@example.corp',
    'status: pending, getting status',
  ],
  send_only: ['direction: inbound, outbound', 'status: quarantined, failed', 'sender: <>'],
};
const expected = new ExpectedFilter({
  sendOnly: rules.send_only,
  doNotSend: rules.do_not_send,
  internalDomains: [domain],
});

/** As labels of the metric: in one spelling. */
const expectedNames = [
  'direction: internal and status: delivered',
  'sender: newsletter.example, *@fabrikam.example',
  'subject: *report* and recipient: *.partner.example, *a*@example.corp',
  'status: pending, gettingStatus',
];

interface ShownRow {
  readonly key: string;
  readonly isSent: boolean;
  /** Whether it is the row's last status. */
  readonly isLast: boolean;
}

/** What the tenant has shown by now, status by status, and whether that may be sent. */
function shownBy(world: MailWorld, atMs: number): ShownRow[] {
  const keys = world.select({ fromMs: -Infinity, toMs: Infinity, inclusive: true }, atMs).reverse();
  return [...world.history(atMs)].flatMap(({ statuses }, index) =>
    statuses.map(({ fromMs }, order) => {
      const row = world.row(keys[index]!, fromMs);
      return { key: keyOf(row), isSent: expected.isSent(row), isLast: order === statuses.length - 1 };
    }),
  );
}

function keyOf({ traceId, recipient, status }: { traceId: string; recipient: string; status: string }): string {
  return `${traceId} ${recipient} ${status}`.toLowerCase();
}

interface Counts {
  readonly read: number;
  /** Of these, the ones of which it is known what became of them. */
  readonly settled: number;
  readonly filtered: number;
}

async function countsOf(trigger: TriggerProcess): Promise<Counts> {
  const text = await trigger.metrics();
  const value = (name: string) => metricIn(text, `message_trace_${name}_total`);
  const filtered = value('filtered');
  const settled = value('events_delivered') + value('repeats_suppressed') + filtered + value('rejected');
  return { read: value('rows_read'), settled, filtered };
}

function metricIn(text: string, name: string): number {
  const lines = text.split('\n').filter((line) => /^\w+/.exec(line)?.[0] === name);
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

describe(`filters, killed ${KILLS} times in the middle`, () => {
  test.each(['an account on the Reporting Web Service', 'an application on Microsoft Graph'] as const)(
    'each row is sent or filtered, no filtered one ever goes out, and the counts add up, on the way of %s [F-45]',
    async (signInScenario) => {
      const sent = new Map<string, number>();
      const scenario = await Scenario.open({
        signInScenario,
        seed: 28,
        onEvents: (events) => {
          for (const key of events.map((event) => keyOf(identifyEvent(event)!)))
            sent.set(key, (sent.get(key) ?? 0) + 1);
        },
      });
      // One of some hundred rows is refused for good.
      const isRefused = (key: string) => key.startsWith('00') || key.includes('-4ff');
      const isRefusedEvent = (event: string) => isRefused(keyOf(identifyEvent(event)!));
      scenario.intake.respondToBatches(({ events }) => ({
        status: 200,
        body: { results: events.map((event) => ({ status: isRefusedEvent(event) ? 413 : 200 })) },
        stored: events.filter((event) => !isRefusedEvent(event)),
      }));
      try {
        const now = Date.now();
        const { world } = scenario.simulator;
        world.add({ rows: 6000, from: now - hour + minute, to: now });
        world.add({ rows: 400, from: now, to: now + 10 * second, changingShare: 0.5, changeSeconds: [2, 8] });
        const settings = { ...rules, internal_domains: [domain], chunk_size: CHUNK, start_time: 1 };
        let filteredBefore = 0;
        for (let kill = 1; kill <= KILLS; kill += 1) {
          const trigger = await scenario.start(settings);
          const { events } = scenario.intake.totals();
          await scenario.intake.until((totals) => totals.events >= events + 150 + kill * 37);
          const { read, settled, filtered } = await countsOf(trigger);
          await trigger.kill();
          // Only the rows of a page that is being delivered are read and not settled.
          expect(settled).toBeLessThanOrEqual(read);
          expect(read - settled).toBeLessThanOrEqual(5000);
          filteredBefore += filtered;
        }
        expect(filteredBefore).toBeGreaterThan(0);
        const last = await scenario.start(settings);
        const line = scenario.output.find((text) => text.includes('Not all rows are sent.'));
        expect(line).toContain('[sender: newsletter.example, *@fabrikam.example]');
        const isArrived = ({ key, isSent, isLast }: ShownRow) => !isLast || !isSent || isRefused(key) || sent.has(key);
        const deadline = Date.now() + 90 * second;
        // The last row changes its status 18 s after the beginning.
        while (Date.now() < now + 19 * second || !shownBy(world, Date.now()).every(isArrived)) {
          if (Date.now() > deadline) break;
          await new Promise((resolve) => setTimeout(resolve, 200));
        }
        await scenario.untilAsked(3);

        const shown = shownBy(world, Date.now());
        const kept = shown.filter(({ isSent }) => !isSent);
        expect(shown.filter((row) => !isArrived(row))).toEqual([]);
        expect(kept.filter(({ key }) => sent.has(key))).toEqual([]);
        expect([...sent.keys()].filter((key) => !shown.some((row) => row.key === key))).toEqual([]);
        const refused = new Set(
          (await rejectedIn(scenario.dataFolder)).map(({ row }) => keyOf(identifyEvent(JSON.stringify(row))!)),
        );
        expect(kept.filter(({ key }) => refused.has(key))).toEqual([]);
        const due = shown.filter(({ key, isSent, isLast }) => isLast && isSent && isRefused(key));
        expect(due.filter(({ key }) => !refused.has(key))).toEqual([]);
        expect(due.length).toBeGreaterThan(0);
        const repeated = [...sent.values()].reduce((sum, times) => sum + times - 1, 0);
        expect(repeated).toBeLessThanOrEqual(KILLS * CHUNK);

        // Each row of both kinds, and each kind of rule, had something to decide.
        const rows = shown.filter(({ isLast }) => isLast);
        expect(rows.filter(({ isSent }) => isSent).length).toBeGreaterThan(1500);
        expect(rows.filter(({ isSent }) => !isSent).length).toBeGreaterThan(1500);
        const counts = await countsOf(last);
        expect(counts.settled).toBe(counts.read);

        // What was filtered is known after another start, like what was sent.
        await last.stop();
        const again = await scenario.start(settings);
        while (metricIn(await again.metrics(), 'message_trace_rows_read_total') === 0) await scenario.untilAsked(1);
        const text = await again.metrics();
        expect(metricIn(text, 'message_trace_filtered_total')).toBe(0);
        expect(metricIn(text, 'message_trace_events_delivered_total')).toBe(0);
        const labels = [...text.matchAll(/^message_trace_filtered_total\{rule="([^"]*)"\} 0$/gm)];
        expect(labels.map(([, rule]) => rule)).toEqual(['send_only', ...expectedNames]);
        process.stdout.write(
          `${signInScenario}: ${rows.length} rows, ${kept.length} statuses filtered, ${refused.size} dead letters, ${repeated} repeated by ${KILLS} kills\n`,
        );
      } finally {
        await scenario.close();
      }
    },
  );
});
