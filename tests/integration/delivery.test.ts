import { isDeepStrictEqual } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { expectedEvent, readingOf, rowOfEvent } from '../support/expected-event.js';
import { lives } from '../support/lives.js';
import { allArrivedOnce, hour, minute, Scenario, second } from '../support/scenario.js';
import { signInScenarioNames, signInScenarios } from '../support/sign-in-scenarios.js';

describe.each([
  // Its domain follows from the account's name, and its organization from the rows.
  ['an account on the Reporting Web Service', { event_format: 'enriched' }],
  ['an account on Microsoft Graph', { event_format: 'normalized' }],
  ['an application on Microsoft Graph', { event_format: 'enriched', internal_domains: ['*.Example.Corp'] }],
] as const)('the mail of the last hour, read by %s', (signInScenario, settings) => {
  let scenario: Scenario;
  beforeEach(async () => {
    scenario = await Scenario.open({ signInScenario, intake: { keep: 'all' } });
  });
  afterEach(() => scenario.close());

  function addRows(rows: number): void {
    const now = Date.now();
    scenario.simulator.world.add({ rows, from: now - hour + minute, to: now });
  }

  test('arrives with what comes meanwhile: 10,000 rows, each once, each event right field by field', async () => {
    addRows(10_000);
    const mail = scenario.simulator.world.live({ rowsPerHour: 36_000, from: Date.now() });
    await scenario.start(settings);
    await scenario.intake.until(({ events }) => events >= 10_050);
    mail.stop();
    expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
    expectEachEventToBeRight(scenario, settings.event_format);
  });
});

describe.each(lives(signInScenarioNames))('the mail of the last hour, read by %s and', (signInScenario) => {
  let scenario: Scenario;
  beforeEach(async () => {
    scenario = await Scenario.open({ signInScenario });
  });
  afterEach(() => scenario.close());

  function addRows(rows: number): void {
    const now = Date.now();
    scenario.simulator.world.add({ rows, from: now - hour + minute, to: now });
  }

  test('stopped while it waits it exits with 0, and started again it repeats nothing', async () => {
    addRows(4000);
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
    addRows(6000);
    scenario.service.options.latencyMs = 100;
    const first = await scenario.start({ chunk_size: 100 });
    await scenario.intake.until(({ events }) => events >= 3000);
    const stop = await first.stop();
    expect(stop).toMatchObject({ exitCode: 0 });
    expect(stop.tookMs).toBeLessThan(10 * second);
    expect((await scenario.report()).missing).toBeGreaterThan(0);

    await scenario.start();
    expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
  });

  test('stopped while the intake is slow to acknowledge, the acknowledgement is waited for and nothing is repeated [F-43]', async () => {
    addRows(4000);
    scenario.intake.faults.startOutage('slow');
    const first = await scenario.start({ chunk_size: 500 });
    await scenario.intake.until(({ events }) => events >= 1000);
    expect(await first.stop()).toMatchObject({ exitCode: 0 });
    scenario.intake.faults.endOutage();

    await scenario.start();
    expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
  });
});

describe.each(signInScenarioNames.filter((signInScenario) => signInScenarios[signInScenario].api === 'graph'))(
  'times with seven fraction digits, read by %s',
  (signInScenario) => {
    test('keep their microseconds', async () => {
      const scenario = await Scenario.open({
        signInScenario,
        graph: { sevenFractionDigits: true },
        intake: { keep: 'all' },
      });
      try {
        const now = Date.now();
        scenario.simulator.world.add({ rows: 500, from: now - minute, to: now });
        await scenario.start();
        expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
        expectEachEventToBeRight(scenario);
      } finally {
        await scenario.close();
      }
    });
  },
);

const reportingKeys = [
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
];
const graphKeys = [
  'id',
  'senderAddress',
  'recipientAddress',
  'messageId',
  'receivedDateTime',
  'subject',
  'size',
  'fromIP',
  'toIP',
  'status',
];

describe('event_format raw', () => {
  test.each([
    ['an account on the Reporting Web Service', ['__metadata', ...reportingKeys, 'Index']],
    ['an account on Microsoft Graph', reportingKeys],
    ['an application on Microsoft Graph', graphKeys],
  ] as const)('sends the raw row alone when it is read by %s', async (signInScenario, keys) => {
    const scenario = await Scenario.open({ signInScenario, intake: { keep: 'all' } });
    try {
      const now = Date.now();
      scenario.simulator.world.add({ rows: 50, from: now - minute, to: now });
      await scenario.start({ event_format: 'raw' });
      expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
      for (const text of scenario.intake.events()) {
        expect(Object.keys(JSON.parse(text) as object).sort()).toEqual([...keys].sort());
      }
    } finally {
      await scenario.close();
    }
  });
});

/** For rows that keep their status and whose events the intake keeps. */
function expectEachEventToBeRight(scenario: Scenario, eventFormat: 'normalized' | 'enriched' = 'normalized'): void {
  const { world } = scenario.simulator;
  const nowMs = Date.now();
  const rows = new Map(
    [...world.select({ fromMs: 0, toMs: nowMs, inclusive: true }, nowMs)].map((key) => {
      const row = world.row(key, nowMs);
      return [`${row.traceId} ${row.recipient}`, row];
    }),
  );
  const reading = readingOf(scenario, eventFormat);
  let compared = 0;
  for (const text of scenario.intake.events()) {
    const event = JSON.parse(text) as Record<string, unknown>;
    const expected = expectedEvent(rows.get(rowOfEvent(event))!, event, reading);
    // Ten thousand comparisons by Jest take as long as to collect the rows: it says what differs where one does.
    if (!isDeepStrictEqual(event, expected)) expect(event).toEqual(expected);
    compared += 1;
  }
  expect(compared).toBe(rows.size);
}
