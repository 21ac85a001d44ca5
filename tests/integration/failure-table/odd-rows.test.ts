import { describe, expect, test } from '@jest/globals';
import { signInScenarios } from '@local/testbed';
import { failureRun } from '../../support/failure-run.js';
import { messagesAt } from '../../support/log-entries.js';
import { metricValue } from '../../support/metric-value.js';
import { rejectedIn, type RejectedRow } from '../../support/dead-letters.js';
import { minute, type Scenario } from '../../support/scenario.js';
import { startTamperingFront, type ChangeRow } from '../../support/tampering-front.js';

type Row = Record<string, unknown>;

/** How each API spells what is tampered with. */
const dialects = {
  reporting_web_service: {
    traceId: 'MessageTraceId',
    recipient: 'RecipientAddress',
    sender: 'SenderAddress',
    received: 'Received',
    status: 'Status',
    subject: 'Subject',
    size: 'Size',
  },
  graph: {
    traceId: 'id',
    recipient: 'recipientAddress',
    sender: 'senderAddress',
    received: 'receivedDateTime',
    status: 'status',
    subject: 'subject',
    size: 'size',
  },
} as const;
const signInScenarioNames = ['an account on the Reporting Web Service', 'an application on Microsoft Graph'] as const;

/**
 * Reads 200 rows of which the first few are tampered with, each by one of the changes, until everything has been seen
 * several times.
 */
async function readTampered(
  scenario: Scenario,
  changes: readonly ChangeRow[],
  body: (seen: { events: Row[]; rejected: RejectedRow[] }) => Promise<void> | void,
): Promise<void> {
  const { simulator, signInScenario } = scenario;
  const now = Date.now();
  simulator.world.add({ rows: 200, from: now - 10 * minute, to: now });
  const names = dialects[signInScenario.api];
  const rowName = (row: Row) => `${String(row[names.traceId])} ${String(row[names.recipient])}`;
  const tampered = [...simulator.world.visibleRows(now)].slice(0, changes.length);
  const changeOf = new Map(tampered.map((row, index) => [`${row.traceId} ${row.recipient}`, changes[index]!]));
  const front = await startTamperingFront(simulator.origin, (row) =>
    (changeOf.get(rowName(row)) ?? ((it: Row) => it))(row),
  );
  try {
    const { api_url: apiUrl } = signInScenario.settings(simulator) as { api_url: string };
    await scenario.start({ api_url: apiUrl.replace(simulator.origin, front.origin) });
    await scenario.intake.until(({ events }) => events >= 200 - changes.length);
    await scenario.untilAsked(4);
    const events = scenario.intake.events().map((text) => JSON.parse(text) as Row);
    await body({ events, rejected: await rejectedIn(scenario.dataFolder) });
  } finally {
    await front.close();
  }
}

describe('rows that are not as documented', () => {
  test.concurrent.each(signInScenarioNames)(
    'are sent with what there is, once, and counted; what is no row is rejected: %s [F-17, F-30]',
    async (signInScenario) => {
      const names = dialects[signInScenarios[signInScenario].api];
      /** The row with a subject by which its event is known again. */
      const marked =
        (subject: string, change: Row): ChangeRow =>
        (row) => ({ ...row, [names.subject]: subject, ...change });
      const odd = {
        'no trace id': { [names.traceId]: undefined },
        'trace id null': { [names.traceId]: null },
        'no recipient': { [names.recipient]: undefined },
        'no date': { [names.received]: undefined },
        'a date that is none': { [names.received]: 'yesterday' },
        'a status that nobody knows': { [names.status]: 'Teleported' },
        'no status': { [names.status]: undefined },
        'wrong types': { [names.size]: { bytes: 'many' }, [names.sender]: ['one', 'two'], [names.recipient]: 42 },
      };
      const changes = [
        ...Object.entries(odd).map(([subject, change]) => marked(subject, change)),
        () => 'no row at all',
      ];

      await failureRun({ signInScenario, seed: 41, intake: { keep: 'all' } }, async (scenario) => {
        await readTampered(scenario, changes, async ({ events, rejected }) => {
          expect(events.length).toBe(199);
          const subjects = events.map((event) => event[names.subject]);
          for (const subject of Object.keys(odd)) expect(subjects.filter((it) => it === subject)).toEqual([subject]);
          for (const event of events) expect(event).toMatchObject({ event: { kind: 'event', category: ['email'] } });

          expect(rejected).toEqual([
            expect.objectContaining({ row: 'no row at all', reason: expect.stringContaining('no row') }),
          ]);
          const [trigger] = scenario.started;
          const oddRows = (field: string) => metricValue(trigger!, 'message_trace_odd_rows_total', `field="${field}"`);
          expect(await oddRows('trace_id')).toBe(2);
          expect(await oddRows('recipient')).toBe(2);
          expect(await oddRows('received')).toBe(2);
          expect(await oddRows('status')).toBe(2);
          expect(await metricValue(trigger!, 'message_trace_rejected_total')).toBe(1);
          expect(messagesAt('error', scenario.output).length).toBe(1);
        });
      });
    },
  );
});

describe('an event larger than the intake accepts', () => {
  test.concurrent.each(signInScenarioNames)(
    'is sent with a shorter subject and says so; one that stays too large is rejected, alone: %s [F-29]',
    async (signInScenario) => {
      const names = dialects[signInScenarios[signInScenario].api];
      const changes: ChangeRow[] = [
        (row) => ({ ...row, [names.subject]: `long ${'é'.repeat(300_000)}` }),
        (row) => ({ ...row, [names.sender]: `${'x'.repeat(300_000)}@example.corp` }),
      ];
      await failureRun({ signInScenario, seed: 42, intake: { keep: 'all' } }, async (scenario) => {
        await readTampered(scenario, changes, async ({ events, rejected }) => {
          expect(events.length).toBe(199);
          const shortened = events.filter((event) => String(event[names.subject]).startsWith('long '));
          expect(shortened.length).toBe(1);
          const [event] = shortened as { [name: string]: unknown; email: Row; event: Row }[];
          expect(event!.event['reason']).toMatch(/subject was shortened/);
          expect(event!.email['subject']).toBe(event![names.subject]);
          const bytes = Buffer.byteLength(JSON.stringify(event));
          expect(bytes).toBeGreaterThan(249_990);
          expect(bytes).toBeLessThanOrEqual(250_000);

          expect(rejected.map(({ reason }) => reason)).toEqual([
            expect.stringMatching(/^The event has \d+ bytes; the intake takes at most 250000\.$/),
          ]);
          expect(await metricValue(scenario.started[0]!, 'message_trace_rejected_total')).toBe(1);
          expect(scenario.intake.totals().results).toEqual({ accepted: scenario.intake.totals().requests });
        });
      });
    },
  );
});
