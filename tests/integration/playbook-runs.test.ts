import { expect, test } from '@jest/globals';
import { playbookRunIn, type TriggerProcess } from '@local/testbed';
import { hour, minute, Scenario, second } from '../support/scenario.js';
import { metricValue } from '../support/metric-value.js';

const CHUNK = 500;
const RUNS_A_MINUTE = 10;
/** Two kills are aimed: after a run has arrived and before it is answered. The others come while rows arrive. */
const KILLS_WHILE_DELIVERING = 3;
const KILLS_BEFORE_ANSWERS = 2;
/** Of the rate's minute. A run may arrive that much later than it was noted, on a machine that is very busy. */
const SLOW_ARRIVAL_MS = 15 * second;

interface RunRow {
  readonly message_trace_id: string;
  readonly recipient: string;
  readonly status: string;
  readonly reason: string;
}

interface ArrivedRun {
  readonly atMs: number;
  readonly runId: string;
  readonly rows: readonly RunRow[];
}

function keyOf({ message_trace_id: traceId, recipient }: RunRow): string {
  return `${traceId} ${recipient}`.toLowerCase();
}

test('1,000 quarantined rows, killed five times: each starts its run, twice only where a kill came before the answer was noted, and the rate is kept', async () => {
  const arrived: ArrivedRun[] = [];
  let current: TriggerProcess | undefined;
  /** Runs at whose arrival the trigger is killed, by their number. */
  const killAt = new Set([2, 5]);
  const killed: { readonly runId: string }[] = [];
  let onKilled: (() => void) | undefined;
  const scenario = await Scenario.open({
    signInScenario: 'an application on Microsoft Graph',
    seed: 32,
    platform: {
      onRequest: (request) => {
        if (playbookRunIn(request) === undefined) return;
        const { event } = request.body as { event: { run_id: string; rows: RunRow[] } };
        arrived.push({ atMs: Date.now(), runId: event.run_id, rows: event.rows });
        if (!killAt.delete(arrived.length)) return;
        killed.push({ runId: event.run_id });
        void current!.kill().then(() => onKilled?.());
      },
    },
  });
  try {
    const now = Date.now();
    const { world } = scenario.simulator;
    world.add({ rows: 26_000, from: now - hour + minute, to: now });
    const quarantined = new Set(
      [...world.history(now)]
        .filter(({ statuses }) => statuses.at(-1)?.status === 'Quarantined')
        .map(({ traceId, recipient }) => `${traceId} ${recipient}`.toLowerCase()),
    );
    expect(quarantined.size).toBeGreaterThanOrEqual(1_000);
    const settings = {
      run_playbook_on: ['quarantined', 'late delivery after quarantine'],
      playbook_runs_per_minute: RUNS_A_MINUTE,
      // A row that is kept back from the intake starts its run all the same.
      do_not_send: ['status: quarantined and subject: *a*'],
      chunk_size: CHUNK,
      start_time: 1,
    };
    const startTrigger = async () => (current = await scenario.start(settings));
    const aimed = () => new Promise<void>((resolve) => (onKilled = resolve));
    for (let kill = 0; kill < KILLS_BEFORE_ANSWERS; kill += 1) {
      const over = aimed();
      await startTrigger();
      await over;
    }
    for (let kill = 1; kill <= KILLS_WHILE_DELIVERING; kill += 1) {
      const { batches } = scenario.intake.totals();
      const trigger = await startTrigger();
      // Between the acknowledgement of a chunk and its being written down, or shortly after.
      await scenario.intake.until((totals) => totals.batches > batches + kill);
      await trigger.kill();
    }
    const last = await startTrigger();
    const deadline = Date.now() + 170 * second;
    const runsByRow = () => {
      const found = new Map<string, number>();
      for (const { rows } of arrived) for (const row of rows) found.set(keyOf(row), (found.get(keyOf(row)) ?? 0) + 1);
      return found;
    };
    while (runsByRow().size < quarantined.size && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 200));
    await scenario.untilAsked(2);

    const runs = runsByRow();
    expect([...quarantined].filter((key) => !runs.has(key))).toEqual([]);
    expect([...runs.keys()].filter((key) => !quarantined.has(key))).toEqual([]);
    expect(arrived.flatMap(({ rows }) => rows).every(({ reason }) => reason === 'quarantined')).toBe(true);
    // What came twice came as the same run, and only where the kill was aimed.
    const killedIds = new Set(killed.map(({ runId }) => runId));
    expect(killed).toHaveLength(KILLS_BEFORE_ANSWERS);
    expect(Math.max(...runs.values())).toBe(2);
    const ids = arrived.map(({ runId }) => runId);
    const repeatedIds = ids.filter((id, index) => ids.indexOf(id) !== index);
    expect(repeatedIds.filter((id) => !killedIds.has(id)).length).toBeLessThanOrEqual(KILLS_WHILE_DELIVERING);
    const rowsOfRuns = new Map(arrived.map(({ runId, rows }) => [runId, rows.map(keyOf).join()]));
    expect(arrived.every(({ runId, rows }) => rowsOfRuns.get(runId) === rows.map(keyOf).join())).toBe(true);
    const distinctRows = [...rowsOfRuns.values()].flatMap((rows) => rows.split(','));
    expect(new Set(distinctRows).size).toBe(distinctRows.length);
    // The rate, by the arrivals: it was reached, so the last runs had to wait.
    expect(arrived.length).toBeGreaterThan(RUNS_A_MINUTE);
    for (const [index, { atMs }] of arrived.entries()) {
      const later = arrived[index + RUNS_A_MINUTE];
      if (later !== undefined) expect(later.atMs - atMs).toBeGreaterThan(minute - SLOW_ARRIVAL_MS);
    }
    expect(Math.max(...arrived.map(({ rows }) => rows.length))).toBeLessThanOrEqual(100);
    while ((await metricValue(last, 'message_trace_playbook_rows_waiting')) > 0 && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await metricValue(last, 'message_trace_playbook_rows_waiting')).toBe(0);
    process.stdout.write(
      `${quarantined.size} rows, ${arrived.length} runs, ${repeatedIds.length} of them repeated by ${KILLS_BEFORE_ANSWERS + KILLS_WHILE_DELIVERING} kills, ${(arrived.at(-1)!.atMs - arrived[0]!.atMs) / second} s from the first to the last\n`,
    );
  } finally {
    await scenario.close();
  }
});
