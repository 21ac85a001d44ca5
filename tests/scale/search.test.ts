import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { startSimulator } from '@local/testbed';
import { identitiesInTenant, identitiesOf, searchInterrupted } from '../support/interrupted-search.js';
import { applicationEnv, runCommand } from '../support/command-line.js';
import { application } from '../support/sign-in-scenarios.js';

test('a search of 100,000 rows, has each row once: interrupted twelve times and continued, and in a pipe', async () => {
  const simulator = await startSimulator({ graph: { quotaRequests: 1_000_000 }, tokenService: application });
  const folder = await mkdtemp(join(tmpdir(), 'search-scale-'));
  try {
    const mail = { rows: 100_000, seed: 3, interruptions: 12 };
    const { path, whole } = await searchInterrupted(simulator, folder, mail);
    const [one, other] = await Promise.all([readFile(path, 'utf8'), readFile(whole, 'utf8')]);
    expect(one === other).toBe(true);
    expect(identitiesOf(one)).toEqual(identitiesInTenant(simulator));

    // In a pipe, only data is on standard output.
    const piped = await runCommand(['search', '--quota', '100000'], { env: applicationEnv(simulator) });
    expect({ code: piped.code, stderr: piped.stderr }).toEqual({ code: 0, stderr: '' });
    expect(identitiesOf(piped.stdout)).toEqual(identitiesInTenant(simulator));
  } finally {
    await simulator.close();
    await rm(folder, { recursive: true });
  }
});
