import { describe, expect, test } from '@jest/globals';
import { identifyEvent } from '@local/testbed';
import { failureRun } from '../../support/failure-run.js';
import { metricValue } from '../../support/metric-value.js';
import { rejectedIn } from '../../support/dead-letters.js';
import { allArrivedOnce, minute, second, type Scenario } from '../../support/scenario.js';

/** All in one minute, so that they come in one page. */
function addMail(scenario: Scenario, rows: number): void {
  const now = Date.now();
  scenario.simulator.world.add({ rows, from: now - 10 * minute, to: now - 9 * minute });
}

const ids = (count: number) => Array.from({ length: count }, () => crypto.randomUUID());

/** Lets the minutes that an answer of the intake may take pass in seconds, by its timers and its stopwatch. */
const impatient = `--import=data:text/javascript,${encodeURIComponent(
  `const real = setTimeout;
   globalThis.setTimeout = (run, ms, ...more) =>
     real(run, ms >= 60000 && ms <= 300000 ? ms / 20 : ms, ...more);
   const now = performance.now.bind(performance);
   performance.now = () => now() * 20;`,
)}`;

/** The rows that lie in rejected/, as trace id and recipient. */
async function rejectedKeys(scenario: Scenario): Promise<string[]> {
  const rows = await rejectedIn(scenario.dataFolder);
  return rows.map(({ row }) => {
    const identity = identifyEvent(JSON.stringify(row));
    return `${identity?.traceId} ${identity?.recipient}`.toLowerCase();
  });
}

describe('an answer of 200 that acknowledges less than was sent', () => {
  test.concurrent('names one id for all events and stores none of them: nothing is lost [F-33]', async () => {
    await failureRun({ seed: 61 }, async (scenario) => {
      addMail(scenario, 300);
      let responses = 0;
      scenario.intake.respondToBatches(() => {
        responses += 1;
        return responses <= 4 ? { status: 200, body: { event_ids: ids(1) } } : undefined;
      });
      const trigger = await scenario.start({ chunk_size: 300 });
      expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
      await trigger.waitForOutput(/"level":"error".*named 1 event id for 300 events.*\[SDK-INTAKE\]/);
      expect(await rejectedIn(scenario.dataFolder)).toEqual([]);
    });
  });

  test.concurrent(
    'names no id, though the events are stored: they are sent again, and status and log say so [F-33]',
    async () => {
      await failureRun({ seed: 65 }, async (scenario) => {
        addMail(scenario, 200);
        scenario.intake.faults.failNext('no-ids', 2);
        // Plain, since a compressed batch that is not acknowledged is tried plain at once.
        const trigger = await scenario.start({ chunk_size: 200, compress: false });
        await trigger.waitForOutput(/"level":"error".*it answered 200 with no event id for .*\[SDK-INTAKE\]/);
        expect((await trigger.health()).body).toMatchObject({ status: 'degraded' });
        await delivered(scenario, 200);
        await scenario.untilAsked(3);
        const { repeated } = await scenario.report();
        expect(repeated).toBe(scenario.intake.totals().events - 200);
        expect(repeated).toBeLessThanOrEqual(2 * 200);
        expect(await rejectedIn(scenario.dataFolder)).toEqual([]);
        expect((await trigger.health()).body).toMatchObject({ status: 'ok' });
      });
    },
  );

  test.concurrent('leaves out events that the intake drops: they, and no others, lie in rejected/ [F-32]', async () => {
    await failureRun({ seed: 62 }, async (scenario) => {
      addMail(scenario, 300);
      // By the trace id, so that always the same ones are dropped: about one of 64.
      const isDropped = (event: string) => identifyEvent(event)!.traceId.toLowerCase().startsWith('0');
      scenario.intake.respondToBatches(({ events }) => {
        const stored = events.filter((event) => !isDropped(event));
        return { status: 200, body: { event_ids: ids(stored.length) }, stored };
      });
      const trigger = await scenario.start({ chunk_size: 300 });
      const dropped = [...scenario.simulator.world.visibleRows(Date.now())]
        .map(({ traceId, recipient }) => `${traceId} ${recipient}`.toLowerCase())
        .filter((key) => key.startsWith('0'))
        .toSorted();
      expect(dropped.length).toBeGreaterThan(3);
      await trigger.waitForOutput(/"level":"error".*A row could not be delivered: .*no event id.*\[MT-REJECTED\]/);
      await scenario.untilAsked(3);
      expect(await scenario.report()).toMatchObject({ missing: dropped.length, unknown: 0, unreadable: 0 });
      expect((await rejectedKeys(scenario)).toSorted()).toEqual(dropped);
    });
  });
});

describe('an intake that is slower than a minute', () => {
  test.concurrent('for the whole batch gets smaller ones, and each row twice at most [F-34]', async () => {
    await failureRun({ seed: 63 }, async (scenario) => {
      addMail(scenario, 300);
      // In scaled time, 0.3 s for each event.
      scenario.intake.respondToBatches(({ events }) => ({
        status: 200,
        body: { event_ids: ids(events.length) },
        stored: events,
        afterMs: (events.length * 300) / 20,
      }));
      const trigger = await scenario.start({ chunk_size: 300 }, { nodeArguments: [impatient] });
      await trigger.waitForOutput(/"level":"warning".*no answer from .* within 60 s/, { withinMs: 30 * second });
      await delivered(scenario, 300);
      const { events } = scenario.intake.totals();
      expect(events).toBeLessThanOrEqual(2 * 300);
      // What it has learned, it keeps: later mail comes at once and once.
      addMail(scenario, 100);
      await delivered(scenario, 400);
      expect(scenario.intake.totals().events).toBe(events + 100);
    });
  });

  test.concurrent('whatever the batch holds is given more time [F-34]', async () => {
    await failureRun({ seed: 64 }, async (scenario) => {
      addMail(scenario, 300);
      scenario.intake.respondToBatches(({ events }) => ({
        status: 200,
        body: { event_ids: ids(events.length) },
        stored: events,
        afterMs: 75_000 / 20,
      }));
      await scenario.start({ chunk_size: 300 }, { nodeArguments: [impatient] });
      await delivered(scenario, 300);
      expect(scenario.intake.totals().events).toBeLessThanOrEqual(2 * 300);
    });
  });
});

/** Waits until the module itself counts so many events as delivered: the intake stores before it answers. */
async function delivered(scenario: Scenario, count: number): Promise<void> {
  const deadline = Date.now() + 60 * second;
  const trigger = scenario.started.at(-1)!;
  while ((await metricValue(trigger, 'message_trace_events_delivered_total')) < count) {
    if (Date.now() > deadline) throw new Error(`stored ${scenario.intake.totals().events}, acknowledged less`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  expect(await scenario.report()).toMatchObject({ missing: 0, unknown: 0, unreadable: 0 });
}
