import { describe, expect, test } from '@jest/globals';
import type { IntakeFault } from '@local/testbed';
import { failureRun } from '../../support/failure-run.js';
import { entriesOf, expectNoHurry, messagesAt } from '../../support/log-entries.js';
import { metricValue } from '../../support/metric-value.js';
import { rejectedIn } from '../../support/dead-letters.js';
import { allArrivedOnce, minute, second, type Scenario } from '../../support/scenario.js';

function addMail(scenario: Scenario, rows: number): void {
  const now = Date.now();
  scenario.simulator.world.add({ rows, from: now - 10 * minute, to: now });
}

const passing: IntakeFault[] = [
  '408',
  '425',
  '429',
  '429-retry-after-seconds',
  '500',
  '502',
  '503',
  '503-retry-after-seconds',
  '503-retry-after-date',
  'reset-before-reading',
  'reset-after-reading',
  'html',
  'cut-off-json',
];

describe('each failure of the intake that passes, one after the other', () => {
  test.concurrent(
    'is held out: nothing is lost or repeated, and a warning of the same text comes once a minute at most [F-19]',
    async () => {
      await failureRun({ seed: 31 }, async (scenario) => {
        const { intake } = scenario;
        await scenario.start();
        for (const kind of passing) {
          intake.faults.failNext(kind);
          addMail(scenario, 20);
          expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
          expect(intake.totals().results[`fault-${kind}`]).toBe(1);
        }
        const entries = entriesOf(scenario.output);
        expectNoHurry(entries);
        expect(messagesAt('warning', scenario.output)).toContainEqual(
          expect.stringMatching(/They are held and sent again; nothing is lost\..*\[SDK-INTAKE\]$/),
        );
        expect(entries.filter(({ level }) => level === 'error' || level === 'critical')).toEqual([]);
      });
    },
  );
});

describe('an intake that is away', () => {
  test.concurrent(
    'holds up reading, too, so that memory does not grow, and gets everything when it is back [F-19]',
    async () => {
      await failureRun({ seed: 32 }, async (scenario) => {
        addMail(scenario, 3000);
        scenario.intake.faults.startOutage('503');
        const trigger = await scenario.start({ chunk_size: 100 });
        await scenario.intake.until(({ requests }) => requests >= 4);
        // One page waits to be delivered and one is fetched ahead: nothing more is read.
        expect(scenario.service.requests.totals.requests).toBeLessThanOrEqual(2);
        expect(messagesAt('warning', scenario.output).length).toBe(1);
        scenario.intake.faults.endOutage();
        expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
        await trigger.waitForOutput(/takes events again/);
      });
    },
  );
});

describe('an intake that turns the module away', () => {
  test.concurrent.each(['401', '403', '404'] as const)(
    'with %s is told once as critical with what to do, and gets everything once it does not [F-20]',
    async (kind) => {
      await failureRun({ seed: 33 }, async (scenario) => {
        addMail(scenario, 300);
        scenario.intake.faults.startOutage(kind);
        const trigger = await scenario.start();
        await trigger.waitForOutput(
          /"level":"critical".*correct the settings \\"intake_key\\" and \\"intake_server\\".*The events are held/,
        );
        await scenario.intake.until(({ requests }) => requests >= 3);
        expect(messagesAt('critical', scenario.output).length).toBe(1);
        scenario.intake.faults.endOutage();
        expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
      });
    },
  );

  test.concurrent(
    'because the key is wrong keeps what was read, and a start with the right one delivers it [F-20]',
    async () => {
      await failureRun({ seed: 34 }, async (scenario) => {
        addMail(scenario, 300);
        const wrong = await scenario.start({ intake_key: 'another-key-altogether' });
        await wrong.waitForOutput(/"level":"critical".*it answered 401.*The intake key or the intake server is wrong/);
        expect(await wrong.stop()).toMatchObject({ exitCode: 0 });
        expect(await scenario.traces()).not.toContain('another-key-altogether');
        await scenario.start();
        expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
      });
    },
  );
});

describe('a chunk that the intake refuses', () => {
  test.concurrent('as too large (413) is sent in halves [F-24]', async () => {
    await failureRun({ seed: 35 }, async (scenario) => {
      addMail(scenario, 1000);
      scenario.intake.faults.failNext('413', 3);
      await scenario.start({ chunk_size: 1000 });
      expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
      const { results, maxBatchEvents } = scenario.intake.totals();
      expect(results['fault-413']).toBe(3);
      expect(maxBatchEvents).toBeLessThan(1000);
      expect(await rejectedIn(scenario.dataFolder)).toEqual([]);
    });
  });

  test.concurrent(
    'because of one event loses that one alone: it lies in rejected/ with the reason [F-25, F-30]',
    async () => {
      await failureRun({ seed: 36 }, async (scenario) => {
        // Before its first acknowledgement, a 422 is taken for a key that is not active yet.
        addMail(scenario, 20);
        const trigger = await scenario.start({ chunk_size: 200 });
        expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
        const first = new Set([...scenario.simulator.world.visibleRows(Date.now())].map(({ traceId }) => traceId));
        addMail(scenario, 1000);
        const bad = [...scenario.simulator.world.visibleRows(Date.now())].find(({ traceId }) => !first.has(traceId));
        const isBad = (event: string) => event.includes(bad!.traceId) && event.includes(bad!.recipient);
        scenario.intake.refuseEvents(isBad);
        const [, told] = await trigger.waitForOutput(
          /"level":"error".*"msg":"A row could not be delivered: (.*\[MT-REJECTED\])/,
        );
        expect(told).toMatch(/The intake refused the event: it answered 422/);
        await scenario.intake.until(({ events }) => events >= 1019);
        await scenario.untilAsked(3);
        expect(await scenario.report()).toMatchObject({ ...allArrivedOnce, missing: 1 });
        const rejected = await rejectedIn(scenario.dataFolder);
        expect(rejected.map(({ row }) => row)).toEqual([
          expect.objectContaining({ MessageTraceId: bad!.traceId, RecipientAddress: bad!.recipient }),
        ]);
        expect(rejected[0]!.reason).toContain('422');
        expect(await metricValue(trigger, 'message_trace_rejected_total')).toBe(1);
        expect(messagesAt('error', scenario.output).length).toBe(1);
      });
    },
  );

  test.concurrent(
    'whichever events it holds is held: the intake is at fault, and gets everything once it is not [F-26]',
    async () => {
      await failureRun({ seed: 37 }, async (scenario) => {
        addMail(scenario, 20);
        const trigger = await scenario.start();
        expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
        scenario.intake.faults.startOutage('400');
        addMail(scenario, 20);
        await trigger.waitForOutput(/"level":"warning".*It refuses every event, so the events are not to blame/);
        const { requests } = scenario.intake.totals();
        await scenario.intake.until((totals) => totals.requests >= requests + 4);
        expect((await trigger.health()).status).toBe(200);
        scenario.intake.faults.endOutage();
        expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
        expect(await rejectedIn(scenario.dataFolder)).toEqual([]);
        expect(messagesAt('critical', scenario.output)).toEqual([]);
      });
    },
  );

  test.concurrent('with a status for each event loses the refused one alone, with its reason [F-28]', async () => {
    await failureRun({ seed: 41 }, async (scenario) => {
      addMail(scenario, 200);
      const [bad] = scenario.simulator.world.visibleRows(Date.now());
      const isBad = (event: string) => event.includes(bad!.traceId) && event.includes(bad!.recipient);
      scenario.intake.respondToBatches(({ events }) => ({
        status: 200,
        body: {
          results: events.map((event) => (isBad(event) ? { status: 413, error: 'too large' } : { status: 200 })),
        },
        stored: events.filter((event) => !isBad(event)),
      }));
      await scenario.start({ chunk_size: 50 });
      await scenario.intake.until(({ events }) => events >= 199);
      await scenario.untilAsked(3);
      expect(await scenario.report()).toMatchObject({ ...allArrivedOnce, missing: 1 });
      expect(await rejectedIn(scenario.dataFolder)).toMatchObject([
        { reason: expect.stringContaining('413 too large') },
      ]);
    });
  });

  test.concurrent(
    'by failing (500) whenever one event is in it loses that one alone, after some tries [F-27]',
    async () => {
      await failureRun({ seed: 42 }, async (scenario) => {
        addMail(scenario, 100);
        const [bad] = scenario.simulator.world.visibleRows(Date.now());
        const isBad = (event: string) => event.includes(bad!.traceId) && event.includes(bad!.recipient);
        scenario.intake.respondToBatches(({ events }) => (events.some(isBad) ? { status: 500, body: {} } : undefined));
        const trigger = await scenario.start({ chunk_size: 50 });
        await trigger.waitForOutput(/A row could not be delivered: .*it answered 500/, { withinMs: 3 * minute });
        await scenario.intake.until(({ events }) => events >= 99);
        expect(await scenario.report()).toMatchObject({ ...allArrivedOnce, missing: 1 });
        expect(await rejectedIn(scenario.dataFolder)).toHaveLength(1);
        expect(messagesAt('critical', scenario.output)).toEqual([]);
      });
    },
  );
});

describe('an intake that does not know the key yet', () => {
  test.concurrent(
    'gets everything once it does: one warning, no halves, and the module stays alive [F-21]',
    async () => {
      await failureRun({ seed: 43 }, async (scenario) => {
        addMail(scenario, 300);
        let isKnown = false;
        scenario.intake.respondToBatches(() =>
          isKnown ? undefined : { status: 422, body: { code: 'INTAKE_KEY_ERROR' } },
        );
        const trigger = await scenario.start();
        await scenario.intake.until(({ requests }) => requests >= 3);
        expect((await trigger.health()).status).toBe(200);
        isKnown = true;
        expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
        // Some rows may show later than the first reading; none of the batch was halved.
        expect(scenario.intake.totals().maxBatchEvents).toBeGreaterThan(200);
        expect(await rejectedIn(scenario.dataFolder)).toEqual([]);
        const said = messagesAt('warning', scenario.output).filter((text) => text.includes('[SDK-INTAKE]'));
        expect(said).toEqual([expect.stringContaining('The intake key may not be active yet')]);
        expect([...messagesAt('error', scenario.output), ...messagesAt('critical', scenario.output)]).toEqual([]);
      });
    },
  );
});

describe('an intake that does not unpack gzip', () => {
  test.concurrent('gets plain requests after its first refusal [F-22]', async () => {
    await failureRun({ seed: 44 }, async (scenario) => {
      addMail(scenario, 300);
      scenario.intake.respondToBatches(({ isCompressed }) =>
        isCompressed ? { status: 400, body: { error: 'the body is no JSON' } } : undefined,
      );
      await scenario.start({ chunk_size: 50 });
      expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
      expect(scenario.intake.totals().results['refused-400']).toBe(1);
      expect(await rejectedIn(scenario.dataFolder)).toEqual([]);
    });
  });
});

describe('an answer that names fewer event ids than were sent', () => {
  test.concurrent(
    'is an error with both numbers and is counted, and its batch is sent again in halves, once [F-32]',
    async () => {
      await failureRun({ seed: 38 }, async (scenario) => {
        // All in one batch: of a batch of one event, no id at all would be left.
        const now = Date.now();
        scenario.simulator.world.add({ rows: 200, from: now - 10 * minute, to: now - 9 * minute });
        scenario.intake.faults.failNext('fewer-ids');
        const trigger = await scenario.start();
        const [, named, sent] = await trigger.waitForOutput(
          /"level":"error".*named (\d+) event ids for (\d+) events\. .*\[SDK-INTAKE\]/,
        );
        expect(Number(named)).toBe(Number(sent) - 1);
        await scenario.intake.until(({ events }) => events >= 200 + Number(sent));
        await scenario.untilAsked(3);
        expect(await metricValue(trigger, 'symphony_module_intake_unnamed_events_total')).toBe(1);
        const { repeated, ...others } = await scenario.report();
        expect(others).toMatchObject({ missing: 0, unknown: 0, unreadable: 0 });
        expect(repeated).toBe(Number(sent));
        expect(await rejectedIn(scenario.dataFolder)).toEqual([]);
      });
    },
  );
});

describe('an acknowledgement that is lost', () => {
  test.concurrent('repeats its chunk, which nobody can avoid, and nothing else [F-35]', async () => {
    await failureRun({ seed: 40 }, async (scenario) => {
      addMail(scenario, 500);
      scenario.intake.faults.failNext('lost-acknowledgement', 2);
      await scenario.start({ chunk_size: 50 });
      expect(await scenario.untilNoneIsMissing()).toMatchObject({ missing: 0, unknown: 0, unreadable: 0 });
      await scenario.untilAsked(3);
      const { repeated } = await scenario.report();
      expect(repeated).toBeGreaterThan(0);
      expect(repeated).toBeLessThanOrEqual(2 * 50);
    });
  });
});

describe('an intake that does not answer at all', () => {
  /** Lets the minute that an answer of the intake may take pass in a second. */
  const impatient = `--import=data:text/javascript,${encodeURIComponent(
    'const real = setTimeout; globalThis.setTimeout = (run, ms, ...more) => real(run, ms === 60000 ? 1000 : ms, ...more);',
  )}`;

  test.concurrent('is given up after a minute and asked again [F-19]', async () => {
    await failureRun({ seed: 39 }, async (scenario) => {
      addMail(scenario, 100);
      scenario.intake.faults.failNext('hang');
      const trigger = await scenario.start({}, { nodeArguments: [impatient] });
      await trigger.waitForOutput(/"level":"warning".*takes no events: no answer from .* within 60 s/, {
        withinMs: 30 * second,
      });
      expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
    });
  });
});
