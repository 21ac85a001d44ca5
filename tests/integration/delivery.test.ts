import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { expectedEvent } from '../support/expected-event.js';
import { allArrivedOnce, hour, minute, Scenario, second } from '../support/scenario.js';

describe('10,000 rows of the last hour and live mail', () => {
  let scenario: Scenario;
  beforeEach(async () => {
    scenario = await Scenario.open({ intake: { keep: 'all' } });
    const now = Date.now();
    scenario.simulator.world.add({ rows: 10_000, from: now - hour + minute, to: now });
  });
  afterEach(() => scenario.close());

  test('all arrive, each once, each event right field by field', async () => {
    const mail = scenario.simulator.world.live({ rowsPerHour: 36_000, from: Date.now() });
    await scenario.start();
    await scenario.intake.until(({ events }) => events >= 10_050);
    mail.stop();
    expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);

    const { world } = scenario.simulator;
    const nowMs = Date.now();
    const rows = new Map(
      [...world.select({ fromMs: 0, toMs: nowMs, inclusive: true }, nowMs)].map((key) => {
        const row = world.row(key, nowMs);
        return [`${row.traceId} ${row.recipient}`, row];
      }),
    );
    let compared = 0;
    for (const text of scenario.intake.events()) {
      const event = JSON.parse(text) as Record<string, unknown>;
      const row = rows.get(`${String(event['MessageTraceId'])} ${String(event['RecipientAddress'])}`)!;
      expect(event).toEqual(expectedEvent(row, world.organization, event));
      compared += 1;
    }
    expect(compared).toBe(rows.size);
  });

  test('stopped while it waits it exits with 0, and started again it repeats nothing', async () => {
    const first = await scenario.start();
    expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
    const stop = await first.stop();
    expect(stop).toMatchObject({ exitCode: 0 });
    expect(stop.tookMs).toBeLessThan(10 * second);

    const now = Date.now();
    scenario.simulator.world.add({ rows: 20, from: now - second, to: now });
    await scenario.start();
    expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
    await scenario.untilAsked(3);
    expect(await scenario.report()).toMatchObject(allArrivedOnce);
  });

  test('stopped in the middle of a range it exits with 0, and started again it repeats nothing', async () => {
    scenario.simulator.server.options.latencyMs = 100;
    const first = await scenario.start({ chunk_size: 100 });
    await scenario.intake.until(({ events }) => events >= 3000);
    const stop = await first.stop();
    expect(stop).toMatchObject({ exitCode: 0 });
    expect(stop.tookMs).toBeLessThan(10 * second);
    expect((await scenario.report()).missing).toBeGreaterThan(0);

    await scenario.start();
    expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
  });

  test('stopped while the intake is slow to acknowledge, the acknowledgement is waited for and nothing is repeated', async () => {
    scenario.intake.faults.startOutage('slow');
    const first = await scenario.start({ chunk_size: 500 });
    await scenario.intake.until(({ events }) => events >= 1000);
    expect(await first.stop()).toMatchObject({ exitCode: 0 });
    scenario.intake.faults.endOutage();

    await scenario.start();
    expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
  });
});

describe('event_format raw', () => {
  test('sends the raw row alone', async () => {
    const scenario = await Scenario.open({ intake: { keep: 'all' } });
    try {
      const now = Date.now();
      scenario.simulator.world.add({ rows: 50, from: now - minute, to: now });
      await scenario.start({ event_format: 'raw' });
      expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
      for (const text of scenario.intake.events()) {
        expect(Object.keys(JSON.parse(text) as object).sort()).toEqual(
          [
            '__metadata',
            'Organization',
            'MessageId',
            'Received',
            'SenderAddress',
            'RecipientAddress',
            'Subject',
            'Status',
            'ToIP',
            'FromIP',
            'Size',
            'MessageTraceId',
            'StartDate',
            'EndDate',
            'Index',
          ].sort(),
        );
      }
    } finally {
      await scenario.close();
    }
  });
});
