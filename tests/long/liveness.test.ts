import { expect, test } from '@jest/globals';
import { S3Server } from '../../packages/automation-sdk-shim/tests/support/s3-server.js';
import { failureRun } from '../support/failure-run.js';
import { entriesOf, expectNoHurry } from '../support/log-entries.js';
import { allArrivedOnce, minute, second, type Scenario } from '../support/scenario.js';
import type { TriggerProcess } from '@local/testbed';

interface Seen {
  readonly httpStatuses: Set<number>;
  /** What the body said, without repetitions. */
  readonly statuses: string[];
}

/** Asks `/health` once a second for so long, as a liveness probe does. */
async function probe(trigger: TriggerProcess, forMs: number): Promise<Seen> {
  const seen: Seen = { httpStatuses: new Set(), statuses: [] };
  for (const endMs = Date.now() + forMs; Date.now() < endMs;) {
    const { status, body } = await trigger.health();
    seen.httpStatuses.add(status);
    if (seen.statuses.at(-1) !== body['status']) {
      seen.statuses.push(String(body['status']));
      process.stdout.write(
        `${new Date().toISOString()} ${String(body['status'])}: ${JSON.stringify(body['reasons'])}\n`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, second));
  }
  return seen;
}

/** How many entries of each level but info and debug there are; printed for the record. */
function levelsOf(scenario: Scenario, what: string): Record<string, number> {
  const levels = { warning: 0, error: 0, critical: 0 };
  for (const { level } of entriesOf(scenario.output)) if (level in levels) levels[level as keyof typeof levels] += 1;
  process.stdout.write(`${what}: ${JSON.stringify(levels)}\n`);
  return levels;
}

function addMail({ simulator }: Scenario, rows = 500): void {
  simulator.world.add({ rows, from: Date.now() - 10 * minute, to: Date.now() });
}

const alive = new Set([200]);
const limitMs = 15 * minute;

test.concurrent(
  'Microsoft away for ten minutes leaves the module alive, with warnings and one error',
  async () => {
    await failureRun({ signInScenario: 'an application on Microsoft Graph', seed: 81 }, async (scenario) => {
      addMail(scenario);
      const trigger = await scenario.start();
      expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
      scenario.service.faults.failAtRandom({ share: 1, kinds: ['http-500', 'http-503', 'reset-before-answer'] });
      const seen = await probe(trigger, 10 * minute);
      scenario.service.faults.clear();
      addMail(scenario);
      expect(await scenario.untilNoneIsMissing(2 * minute)).toMatchObject(allArrivedOnce);
      expect(seen).toEqual({ httpStatuses: alive, statuses: ['ok', 'degraded'] });
      const levels = levelsOf(scenario, 'Microsoft away for 10 min');
      expect(levels).toMatchObject({ error: 1, critical: 0 });
      expectNoHurry(entriesOf(scenario.output));
      expect(await probe(trigger, second)).toEqual({ httpStatuses: alive, statuses: ['ok'] });
    });
  },
  limitMs,
);

test.concurrent(
  'a wrong password for ten minutes leaves the module alive, with one critical entry',
  async () => {
    const wrong = 'n0t-the-right-one';
    await failureRun(
      { signInScenario: 'an account on the Reporting Web Service', seed: 82 },
      async (scenario) => {
        addMail(scenario);
        const trigger = await scenario.start({ account_password: wrong });
        await trigger.waitForOutput(/"level":"critical"/);
        expect(await probe(trigger, 10 * minute)).toEqual({ httpStatuses: alive, statuses: ['misconfigured'] });
        expect(levelsOf(scenario, 'wrong password for 10 min')).toMatchObject({ critical: 1 });
        await trigger.stop();
        await scenario.start();
        expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
      },
      [wrong],
    );
  },
  limitMs,
);

test.concurrent(
  'a store that is away for two minutes leaves the module alive, with warnings',
  async () => {
    const s3 = await S3Server.start();
    await failureRun({ signInScenario: 'an application on Microsoft Graph', seed: 83 }, async (scenario) => {
      addMail(scenario);
      const trigger = await scenario.start({}, { values: s3.values });
      expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
      s3.fault = () => 'reset-before';
      addMail(scenario);
      const seen = await probe(trigger, 2 * minute);
      s3.fault = () => undefined;
      expect(await scenario.untilNoneIsMissing(2 * minute)).toMatchObject(allArrivedOnce);
      expect(seen).toEqual({ httpStatuses: alive, statuses: ['ok', 'degraded'] });
      expect(levelsOf(scenario, 'store away for 2 min')).toMatchObject({ error: 0, critical: 0 });
    }).finally(() => s3.close());
  },
  limitMs,
);

test.concurrent(
  'an intake key that is not active for three minutes leaves the module alive, and nothing is lost or repeated',
  async () => {
    await failureRun({ signInScenario: 'an application on Microsoft Graph', seed: 84 }, async (scenario) => {
      addMail(scenario, 5_000);
      let refused = 0;
      let isActive = false;
      scenario.intake.respondToBatches(() => {
        if (isActive) return undefined;
        refused += 1;
        return { status: 422, body: { detail: 'INTAKE_KEY_ERROR' } };
      });
      const trigger = await scenario.start();
      const seen = await probe(trigger, 3 * minute);
      isActive = true;
      expect(await scenario.untilNoneIsMissing(5 * minute)).toMatchObject(allArrivedOnce);
      expect(seen.httpStatuses).toEqual(alive);
      expect(seen.statuses.at(-1)).toBe('degraded');
      process.stdout.write(`key not active for 3 min: ${refused} requests answered 422\n`);
      expect(refused).toBeLessThanOrEqual(12);
      const warnings = entriesOf(scenario.output).filter(({ level }) => level === 'warning');
      expect(warnings.map(({ message }) => message)).toEqual([expect.stringContaining('may not be active yet')]);
      expect(levelsOf(scenario, 'key not active for 3 min')).toMatchObject({ error: 0, critical: 0 });
    });
  },
  limitMs,
);
