import { describe, expect, test } from '@jest/globals';
import { failureRun } from '../../support/failure-run.js';
import { messagesAt } from '../../support/log-entries.js';
import { allArrivedOnce, minute, second, type Scenario } from '../../support/scenario.js';

function addMail({ simulator }: Scenario): void {
  const now = Date.now();
  simulator.world.add({ rows: 2000, from: now - 20 * minute, to: now });
}

/**
 * Code that runs a second after the module has begun to listen for crashes: on a loaded machine it takes long to load.
 */
function onceItListens(code: string): string {
  const listens = `process.listenerCount('uncaughtException') > 0`;
  return `const look = setInterval(() => { if (!(${listens})) return; clearInterval(look); setTimeout(() => { ${code}; }, 1000); }, 50);`;
}

describe('a signal to stop', () => {
  test.concurrent.each(['SIGTERM', 'SIGINT'] as const)(
    '(%s) aborts what Microsoft and the intake do not answer, within ten seconds and with exit code 0; nothing is lost or repeated [F-43]',
    async (signal) => {
      await failureRun({ seed: 61 }, async (scenario) => {
        addMail(scenario);
        const { faults, requests } = scenario.simulator.server;
        const first = await scenario.start({ chunk_size: 100 });
        await scenario.intake.until(({ events }) => events >= 500);
        scenario.intake.faults.startOutage('hang');
        faults.failNext('no-answer', Infinity);
        await scenario.intake.until(({ results }) => (results['fault-hang'] ?? 0) > 0);
        const stop = await first.stop(signal);
        expect(stop).toMatchObject({ exitCode: 0, signal: null });
        expect(stop.tookMs).toBeLessThan(10 * second);
        expect(requests.totals.requests).toBeGreaterThan(0);

        scenario.intake.faults.endOutage();
        faults.clear();
        await scenario.start();
        expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
        expect(scenario.output.join('\n')).toContain(`${signal}: the module stops.`);
      });
    },
  );

  test.concurrent('that comes a second time ends the process at once [F-44]', async () => {
    await failureRun({ seed: 62 }, async (scenario) => {
      addMail(scenario);
      const first = await scenario.start({ chunk_size: 100 });
      await scenario.intake.until(({ events }) => events >= 500);
      scenario.intake.faults.startOutage('hang');
      await scenario.intake.until(({ results }) => (results['fault-hang'] ?? 0) > 0);
      const stopping = first.stop('SIGTERM');
      await first.waitForOutput(/SIGTERM: the module stops/);
      const second = await first.stop('SIGTERM');
      expect(second).toMatchObject({ exitCode: 128 + 15 });
      // A single signal waits four seconds for the intake.
      expect((await stopping).tookMs).toBeLessThan(3000);

      scenario.intake.faults.endOutage();
      await scenario.start();
      expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
    });
  });
});

/** Options for Node.js that run a script before the module's first line. */
const before = (script: string) => [`--import=data:text/javascript,${encodeURIComponent(script)}`];

describe('what nobody has foreseen', () => {
  test.concurrent('in run(): it is logged with its stack, and run() begins again [F-46]', async () => {
    const failing = `
      import { promises } from 'node:fs';
      import { syncBuiltinESMExports } from 'node:module';
      const { readdir } = promises;
      let failures = 2;
      promises.readdir = (path, ...more) => {
        if (!String(path).endsWith('fingerprints') || failures-- <= 0) return readdir(path, ...more);
        throw new TypeError('nobody has foreseen this');
      };
      syncBuiltinESMExports();`;
    await failureRun({ seed: 63 }, async (scenario) => {
      addMail(scenario);
      const trigger = await scenario.start({}, { nodeArguments: before(failing) });
      await trigger.waitForOutput(
        /"level":"error".*The trigger failed; it is started again.*TypeError: nobody has foreseen this\\n +at /,
      );
      expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
      expect(messagesAt('critical', scenario.output)).toEqual([]);
    });
  });

  test.concurrent(
    'in a promise at which nobody looks: it is logged with its stack, and the module goes on [F-46]',
    async () => {
      await failureRun({ seed: 64 }, async (scenario) => {
        addMail(scenario);
        const rejecting = onceItListens(`void Promise.reject(new TypeError('nobody looks at this'))`);
        const trigger = await scenario.start({}, { nodeArguments: before(rejecting) });
        await trigger.waitForOutput(/"level":"error".*A promise was rejected.*TypeError: nobody looks at this\\n +at /);
        const now = Date.now();
        scenario.simulator.world.add({ rows: 20, from: now - second, to: now });
        expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
        expect(await trigger.stop()).toMatchObject({ exitCode: 0 });
      });
    },
  );

  test.concurrent(
    'that nothing catches: it is logged with its stack before the process ends, and a start goes on [F-46]',
    async () => {
      await failureRun({ seed: 65 }, async (scenario) => {
        addMail(scenario);
        const throwing = onceItListens(`throw new TypeError('nothing catches this')`);
        const trigger = await scenario.start({ chunk_size: 100 }, { nodeArguments: before(throwing) });
        expect(await trigger.exited).toMatchObject({ exitCode: 1 });
        expect(trigger.stderr).toMatch(
          /"level":"error".*An exception was not caught.*TypeError: nothing catches this\\n +at /,
        );
        await scenario.start();
        const report = await scenario.untilNoneIsMissing();
        expect(report).toMatchObject({ missing: 0, unknown: 0, unreadable: 0 });
        // As after SIGKILL: the last acknowledgement was never requested.
        expect(report.repeated).toBeLessThanOrEqual(100);
      });
    },
  );
});
