import { readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { fingerprintBytes } from '../../../src/collector/fingerprint-set.js';
import { failureRun } from '../../support/failure-run.js';
import { messagesAt } from '../../support/log-entries.js';
import {
  asSomebodyElse,
  fillDisk,
  fillDiskBeforeStart,
  makeReadOnly,
  makeWritable,
} from '../../support/refusing-folder.js';
import { allArrivedOnce, hour, minute, second, type Scenario } from '../../support/scenario.js';

interface Trouble {
  /** Begins it for a trigger that runs, or before one starts; returns what ends it. */
  readonly begin: (folder: string) => Promise<() => Promise<void>>;
  readonly beginBeforeStart: (folder: string) => Promise<() => Promise<void>>;
  readonly code: string;
}

const troubles: Readonly<Record<string, Trouble>> = {
  'a disk that is full': { begin: fillDisk, beginBeforeStart: fillDiskBeforeStart, code: 'ENOSPC' },
  'a folder that is read-only': { begin: turnReadOnly, beginBeforeStart: turnReadOnly, code: 'EACCES' },
};

async function turnReadOnly(folder: string): Promise<() => Promise<void>> {
  await makeReadOnly(folder);
  return () => makeWritable(folder);
}

const names = Object.keys(troubles);

/** Asserts that for some seconds nothing is delivered, and nothing read but for what was asked for already. */
async function expectStandstill({ intake, service }: Scenario): Promise<void> {
  // The chunk that cannot be remembered is the last one; a page may be on its way.
  await new Promise((resolve) => setTimeout(resolve, second));
  const before = [intake.totals().requests, service.requests.totals.requests];
  await new Promise((resolve) => setTimeout(resolve, 3 * second));
  expect([intake.totals().requests, service.requests.totals.requests]).toEqual(before);
}

describe('a data folder that cannot be written', () => {
  test.concurrent.each(names)(
    'stops reading and delivering with a critical log until it can, and then nothing was lost or repeated: %s [F-36]',
    async (name) => {
      const { begin, code } = troubles[name]!;
      await failureRun({ seed: 51 }, async (scenario) => {
        const live = scenario.simulator.world.live({ rowsPerHour: 36_000, from: Date.now() });
        const trigger = await scenario.start({}, await asSomebodyElse(scenario.dataFolder));
        await scenario.intake.until(({ events }) => events >= 30);
        const end = await begin(scenario.dataFolder);
        try {
          await trigger.waitForOutput(
            new RegExp(
              `"level":"warning".*The data folder cannot be used: ${code} at .*Nothing more is read.*\\[MT-STORAGE\\]`,
            ),
          );
          expect(await trigger.health()).toMatchObject({ status: 200, body: { status: 'degraded' } });
          await expectStandstill(scenario);
        } finally {
          await end();
        }
        const { events } = scenario.intake.totals();
        await scenario.intake.until((totals) => totals.events >= events + 30);
        live.stop();
        expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
        expect(messagesAt('critical', scenario.output)).toEqual([]);
        expect(await trigger.health()).toMatchObject({ status: 200, body: { status: 'ok' } });
      });
    },
  );

  test.concurrent.each(names)(
    'at the start asks Microsoft for nothing, warns, and begins when it can: %s [F-36]',
    async (name) => {
      const { beginBeforeStart, code } = troubles[name]!;
      await failureRun({ seed: 52 }, async (scenario) => {
        const { world, server } = scenario.simulator;
        const now = Date.now();
        world.add({ rows: 500, from: now - 20 * minute, to: now });
        const asOther = await asSomebodyElse(scenario.dataFolder);
        const first = await scenario.start({}, asOther);
        expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
        await first.stop();

        const asked = server.requests.totals.requests;
        const end = await beginBeforeStart(scenario.dataFolder);
        try {
          const trigger = await scenario.start({}, asOther);
          await trigger.waitForOutput(new RegExp(`"level":"warning".*The data folder cannot be used: ${code} at `));
          expect(await trigger.health()).toMatchObject({ status: 200, body: { status: 'degraded' } });
          expect(server.requests.totals.requests).toBe(asked);
        } finally {
          await end();
        }
        const later = Date.now();
        world.add({ rows: 20, from: later - second, to: later });
        expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
      });
    },
  );
});

describe('files of the data folder that a crash or a hand has damaged', () => {
  test.concurrent(
    'context.json: it is set aside, said as an error, and reading begins like a first start [F-37]',
    async () => {
      await failureRun({ seed: 53 }, async (scenario) => {
        const now = Date.now();
        scenario.simulator.world.add({ rows: 2000, from: now - hour + minute, to: now });
        const first = await scenario.start();
        expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
        await first.stop();

        const path = join(scenario.dataFolder, 'context.json');
        const half = (await readFile(path, 'utf8')).slice(0, 150);
        await writeFile(path, half);
        const trigger = await scenario.start();
        await trigger.waitForOutput(
          /"level":"error".*context\.json is damaged and was set aside as context\.json\.damaged-/,
        );
        await trigger.waitForOutput(/First start: reading messages received from/);
        await scenario.untilAsked(4);
        const aside = (await readdir(scenario.dataFolder)).filter((file) => file.startsWith('context.json.damaged-'));
        expect(await readFile(join(scenario.dataFolder, aside[0]!), 'utf8')).toBe(half);
        // Fingerprints are kept apart: what they know is not repeated.
        expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
      });
    },
  );

  test.concurrent(
    'a fingerprint file that ends within an entry: it is a warning, and that row alone is repeated [F-38]',
    async () => {
      await failureRun({ seed: 54 }, async (scenario) => {
        const now = Date.now();
        scenario.simulator.world.add({ rows: 500, from: now - 2 * minute, to: now });
        const first = await scenario.start();
        expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
        await first.stop();

        const folder = join(scenario.dataFolder, 'fingerprints');
        const files = (await readdir(folder)).map((file) => join(folder, file));
        const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
        const max = sizes.indexOf(Math.max(...sizes));
        await truncate(files[max]!, sizes[max]! - fingerprintBytes / 2);
        const trigger = await scenario.start();
        await trigger.waitForOutput(/"level":"warning".*The fingerprints of .* end in the middle of an entry/);
        // Few enough for one page: each poll looks at all of them again.
        await scenario.intake.until(({ events }) => events >= 501);
        await scenario.untilAsked(4);
        expect(await scenario.report()).toMatchObject({ ...allArrivedOnce, repeated: 1 });
      });
    },
  );
});

describe('a data folder that another process takes', () => {
  test.concurrent('ends this one with exit code 1 and an error in the log [F-40]', async () => {
    await failureRun({ seed: 55 }, async (scenario) => {
      const now = Date.now();
      scenario.simulator.world.add({ rows: 200, from: now - minute, to: now });
      const trigger = await scenario.start();
      expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
      // A process that takes a lock removes the holder's file. The holder looks for it with each heartbeat.
      await rm(join(scenario.dataFolder, '.lock'), { recursive: true });
      expect(await trigger.exited).toMatchObject({ exitCode: 1 });
      expect(messagesAt('error', scenario.output)).toEqual([
        expect.stringMatching(
          /^The data folder .* was taken by another process\. This one ends, so that nothing is sent twice\. .*\[SDK-FOLDER-HELD\]$/,
        ),
      ]);
      expect(await scenario.report()).toMatchObject(allArrivedOnce);
    });
  });
});
