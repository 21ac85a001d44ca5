import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { TriggerProcess } from '@local/testbed';
import { failureRun } from '../../support/failure-run.js';
import { lives } from '../../support/lives.js';
import { messagesAt } from '../../support/log-entries.js';
import { metricValue } from '../../support/metric-value.js';
import { allArrivedOnce, day, hour, minute, type Scenario } from '../../support/scenario.js';

const reporting = 'an account on the Reporting Web Service';
const graph = 'an application on Microsoft Graph';

/** Both ends of the gap that the log tells of, in milliseconds. */
async function gapTold(trigger: TriggerProcess): Promise<readonly [number, number]> {
  const [, start = '', end = ''] = await trigger.waitForOutput(
    /"level":"error".*Messages received from (\S+ \S+) UTC to (\S+ \S+) UTC can no longer be read.*\[MT-GAP\]/,
    { withinMs: minute },
  );
  return [start, end].map((text) => Date.parse(`${text.replace(' ', 'T')}Z`)) as [number, number];
}

/** Asserts that this gap was reported, once and as a whole, and that all available rows have arrived. */
async function expectOneGap(
  scenario: Scenario,
  trigger: TriggerProcess,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<void> {
  const [start, end] = await gapTold(trigger);
  expect(Math.abs(start - from)).toBeLessThan(2 * minute);
  expect(end).toBeGreaterThan(to - minute);
  // What slips out of reach while it is asked for is given up with it.
  expect(end).toBeLessThan(to + 15 * minute);
  expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
  expect(await metricValue(trigger, 'message_trace_gap_seconds_total')).toBeCloseTo((end - start) / 1000, 0);
  expect(messagesAt('error', scenario.output).length).toBe(1);
}

describe('time that is out of reach', () => {
  test.concurrent(
    'by the limit that the service names, is a gap with both ends, and all after it arrives [F-07]',
    async () => {
      await failureRun({ signInScenario: reporting, seed: 21, service: { historyDays: 10 } }, async (scenario) => {
        const now = Date.now();
        scenario.simulator.world.add({ rows: 5000, from: now - 10 * day + hour, to: now });
        const trigger = await scenario.start({ start_time: 30 * 24 });
        await expectOneGap(scenario, trigger, { from: now - 30 * day, to: now - 10 * day });
      });
    },
  );

  test.concurrent(
    'by the limit that is documented, after 100 days without a start, is a gap with both ends too [F-07]',
    async () => {
      await failureRun({ signInScenario: graph, seed: 22 }, async (scenario) => {
        const now = Date.now();
        scenario.simulator.world.add({ rows: 5000, from: now - 90 * day + hour, to: now });
        const stopped = new Date(now - 100 * day).toISOString();
        await writeFile(
          join(scenario.dataFolder, 'context.json'),
          JSON.stringify({ most_recent_date_requested: stopped }),
        );
        const trigger = await scenario.start();
        await expectOneGap(scenario, trigger, { from: now - 100 * day, to: now - 90 * day });
        expect(scenario.simulator.graph.requests.totals.byResult['bad-query']).toBe(1);
      });
    },
  );
});

describe('queries that are refused', () => {
  const refusals = [
    [reporting, 'http-400'],
    [graph, 'http-400'],
    [graph, 'http-500-hiding-400'],
  ] as const;

  test.concurrent.each(lives(refusals, 2))(
    'for a while are an outage, whatever their text, and complete in the end: %s, %s [F-09]',
    async (signInScenario, fault) => {
      await failureRun({ signInScenario, seed: 23 }, async (scenario) => {
        const now = Date.now();
        const { world, server, graph: graphService } = scenario.simulator;
        world.add({ rows: 3000, from: now - 30 * minute, to: now });
        if (signInScenario === graph) graphService.faults.failNext(fault, 6);
        else server.faults.failNext('http-400', 6);
        await scenario.start();
        expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
        const [warning, ...others] = messagesAt('warning', scenario.output);
        expect(warning).toMatch(
          /refused the query \(HTTP 400: .*(not valid|cannot be used).*\)\. It refuses unrelated time as well, so the service is disturbed\. Nothing is lost; trying again\. \[MT-UNAVAILABLE\]$/,
        );
        expect(others).toEqual([]);
        expect(messagesAt('error', scenario.output)).toEqual([]);
        expect(messagesAt('critical', scenario.output)).toEqual([]);
      });
    },
  );
});

describe('links to later pages', () => {
  test.concurrent.each(lives([reporting, graph] as const))(
    'that are dead cost one request each: a query to the time of the last row takes their place, on the way of %s [F-10]',
    async (signInScenario) => {
      await failureRun({ signInScenario, seed: 24 }, async (scenario) => {
        scenario.service.options.latencyMs = 20;
        Object.assign(scenario.service.options, { pageRows: 500 });
        const now = Date.now();
        scenario.simulator.world.add({ rows: 6000, from: now - 30 * minute, to: now });
        const { faults } = scenario.service;
        for (const fault of ['dead-link-400', 'dead-link-404', 'dead-link-410'] as const) faults.failNext(fault);
        const trigger = await scenario.start();
        expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
        const { byResult } = scenario.service.requests.totals;
        expect(byResult).toMatchObject({ 'dead-link-400': 1, 'dead-link-404': 1, 'dead-link-410': 1 });
        expect(await metricValue(trigger, 'message_trace_dead_links_total', 'remedy="continued"')).toBe(3);
        for (const level of ['warning', 'error', 'critical'] as const)
          expect(messagesAt(level, scenario.output)).toEqual([]);
      });
    },
  );

  test.concurrent(
    'whose token Graph itself has spoiled are repaired or gone round, without a request that is refused [F-11]',
    async () => {
      await failureRun({ signInScenario: graph, seed: 25, graph: { pageRows: 500 } }, async (scenario) => {
        const now = Date.now();
        const { world, graph: service } = scenario.simulator;
        world.add({ rows: 8000, from: now - hour + minute, to: now - minute });
        // A mail to everybody, in one millisecond and on three pages.
        world.add({ rows: 1201, recipients: 1201, from: now - minute, to: now - minute + 1 });
        service.faults.failAtRandom({
          share: 0.6,
          kinds: ['double-encoded-token', 'double-encoded-token', 'empty-recipient-token'],
        });
        const trigger = await scenario.start();
        expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
        const { byResult } = service.requests.totals;
        expect(byResult['bad-query']).toBeUndefined();
        expect(byResult['double-encoded-token']).toBeGreaterThan(0);
        expect(byResult['empty-recipient-token']).toBeGreaterThan(0);
        expect(await metricValue(trigger, 'message_trace_dead_links_total', 'remedy="repaired"')).toBeGreaterThan(0);
        for (const level of ['warning', 'error', 'critical'] as const)
          expect(messagesAt(level, scenario.output)).toEqual([]);
      });
    },
  );
});
