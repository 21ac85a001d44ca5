import { mkdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { identifyEvent } from '@local/testbed';
import { failureRun } from '../../support/failure-run.js';
import { messagesAt } from '../../support/log-entries.js';
import { rejectedIn } from '../../support/dead-letters.js';
import { minute, second } from '../../support/scenario.js';

const LIMIT_BYTES = 268_435_456;

describe('a folder rejected/ that is full', () => {
  test.concurrent(
    'holds delivery and says so; once its files are moved away, every row arrives or lies there [F-31]',
    async () => {
      await failureRun({ seed: 71 }, async (scenario) => {
        const folder = join(scenario.dataFolder, 'rejected');
        const old = join(folder, '2026-01-01.ndjson');
        await mkdir(folder);
        await writeFile(old, '');
        // A file with a hole: it takes no room on the disk.
        await truncate(old, LIMIT_BYTES);
        const now = Date.now();
        scenario.simulator.world.add({ rows: 200, from: now - 10 * minute, to: now - 9 * minute });
        const rows = [...scenario.simulator.world.visibleRows(now)].map(({ traceId }) => traceId.toLowerCase());
        const bad = rows[100]!;
        scenario.intake.respondToBatches(({ events }) => {
          const isBad = (event: string) => identifyEvent(event)!.traceId.toLowerCase() === bad;
          const stored = events.filter((event) => !isBad(event));
          return {
            status: 200,
            body: { results: events.map((event) => ({ status: isBad(event) ? 413 : 200 })) },
            stored,
          };
        });
        const trigger = await scenario.start({ chunk_size: 50 });
        await trigger.waitForOutput(/"level":"warning".*"rejected\\" of the data folder is full: .*\[MT-STORAGE\]/);
        const held = scenario.intake.totals().events;
        expect(held).toBeLessThan(200);
        const { body } = await trigger.health();
        expect(body).toMatchObject({ status: 'degraded' });
        await new Promise((resolve) => setTimeout(resolve, 3 * second));
        expect(scenario.intake.totals().events).toBe(held);

        await rm(old);
        await scenario.intake.until(({ events }) => events >= rows.length - rows.filter((id) => id === bad).length, {
          withinMs: 90 * second,
        });
        await scenario.untilAsked(3);
        const rejected = await rejectedIn(scenario.dataFolder);
        expect(await scenario.report()).toMatchObject({ missing: rejected.length, repeated: 0, unknown: 0 });
        expect(rejected).toHaveLength(rows.filter((id) => id === bad).length);
        for (const { row } of rejected) expect(identifyEvent(JSON.stringify(row))!.traceId.toLowerCase()).toBe(bad);
        expect(messagesAt('critical', scenario.output)).toEqual([]);
      });
    },
  );
});
