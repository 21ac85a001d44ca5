import { MailWorld, startSimulator, type LiveHandle, type Simulator } from '@local/microsoft365-simulator';
import type { LabOptions } from '../command-line.js';
import { ACCOUNT, APPLICATION, TENANT } from './ways.js';

const HOUR_MS = 3_600_000;
/** How mail behaves: it is late, and changes its status, by up to that many seconds. */
const LATENESS = {
  ...{ lateShare: 0.2, lateSeconds: [1, 40] as const },
  ...{ changingShare: 0.2, changeSeconds: [1, 40] as const },
};
/** After this long everything about a row has been shown. */
export const MAX_CHANGE_MS = 80_000;
/** How old the oldest mail is. */
export const BULK_HOURS = 2;

interface Tenant {
  readonly simulator: Simulator;
  /** What goes on arriving. */
  readonly mail: LiveHandle;
  /** About how many there will be in the end. */
  readonly rows: number;
}

/** A tenant with mail of the last hours, and more that arrives. */
export async function startTenant({ seed, rate, minutes }: LabOptions): Promise<Tenant> {
  const world = new MailWorld({ seed, ...TENANT });
  const simulator = await startSimulator({
    world,
    faultSeed: seed,
    // Small pages, so that there are links to die; many requests, as the lab polls every second.
    options: { ...ACCOUNT, pageRows: 500 },
    graph: { pageRows: 500, quotaRequests: 1_000_000 },
    // Tokens that end often, so that the token service has something to fail at.
    tokenService: { ...APPLICATION, tokenLifetimeSeconds: 20 },
  });
  const now = Date.now();
  const bulkRows = Math.ceil(rate / 2);
  world.add({ ...LATENESS, rows: bulkRows, from: now - BULK_HOURS * HOUR_MS, to: now });
  const mail = world.live({ ...LATENESS, rowsPerHour: rate, from: now });
  return { simulator, mail, rows: bulkRows + (rate * minutes) / 60 };
}
