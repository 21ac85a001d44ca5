import { expect, test } from '@jest/globals';
import type { Access } from '../../../../src/sekoia/access.js';
import { HoursWithATenant } from '../../../support/hours-with-a-tenant.js';
import { skipWaits } from '../../../support/fast-forward.js';
import { lives } from '../../../support/lives.js';
import { application } from '../../../support/sign-in-scenarios.js';
import { guidance, hour } from '../../../support/microsoft/reading.js';

const access: Access = {
  api: 'graph',
  credentials: {
    kind: 'token',
    tenant: application.tenantId,
    clientId: application.clientId,
    identity: { clientSecret: application.clientSecret },
  },
  guidance,
  organization: undefined,
};
const spoiled = ['double-encoded-token', 'double-encoded-token', 'empty-recipient-token'] as const;

test.each(lives([1, 2]))(
  'whatever links are spoiled or refused, every row of hours is delivered once, those of a full millisecond too (seed %i)',
  async (faultSeed) => {
    skipWaits();
    const life = await HoursWithATenant.begin(access, {
      faultSeed,
      graph: { pageRows: 500, quotaRequests: 100_000, sevenFractionDigits: faultSeed % 2 === 0 },
    });
    const { world, graph } = life.simulator;
    try {
      const now = life.clock.trueMs;
      world.add({ rows: 3000, from: now - hour, to: now });
      // Mail to everybody, of a millisecond and on four pages each time. Small pages use up the quota: what is last
      // read may be behind.
      for (const at of [now - 2_000_123, now + 600_456])
        world.add({ rows: 1501, recipients: 1501, from: at, to: at + 1 });
      world.live({ rowsPerHour: 600, from: now, lateShare: 0.2, lateSeconds: [60, 900] });
      graph.faults.failAtRandom({ share: 0.6, kinds: [...spoiled, 'dead-link-400'] });
      await life.live(hour);
      graph.faults.clear();
      await life.live(hour / 4);
      expect(graph.requests.totals.byResult['empty-recipient-token']).toBeGreaterThan(5);
      expect(life.wrong).toEqual([]);
    } finally {
      await life.simulator.close();
    }
  },
);
