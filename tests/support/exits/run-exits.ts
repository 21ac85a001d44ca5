import { type SignInScenarioName } from '@local/testbed';
import { S3Server } from '../../../packages/automation-sdk-shim/tests/support/s3-server.js';
import { runLane, type LaneResult } from './exit-lane.js';
import { hangingBucket } from './hanging-store.js';
import { startUnresolvedNames } from './unresolved-names.js';

interface Lane {
  readonly signInScenario: SignInScenarioName;
  readonly store: 'folder' | 'bucket';
}

/** Both APIs, and both kinds of store. */
const lanes: readonly Lane[] = [
  { signInScenario: 'an account on the Reporting Web Service', store: 'folder' },
  { signInScenario: 'an application on Microsoft Graph', store: 'folder' },
  { signInScenario: 'an application on Microsoft Graph', store: 'folder' },
  { signInScenario: 'an account on the Reporting Web Service', store: 'bucket' },
];

/** Stops so many processes at drawn moments, side by side in lanes. The same seed draws the same moments. */
export async function runExits(seed: number, exits: number): Promise<LaneResult[]> {
  const names = await startUnresolvedNames();
  if (names === undefined) process.stdout.write('Names cannot be made to hang here: that takes root. Left out.\n');
  const s3 = await S3Server.start();
  try {
    return await Promise.all(
      lanes.map(({ signInScenario, store }, index) =>
        runLane({
          signInScenario,
          seed: seed + index,
          exits: Math.ceil(exits / lanes.length),
          names,
          ...(store === 'bucket' && { bucket: { values: s3.values, hang: hangingBucket(s3) } }),
        }),
      ),
    );
  } finally {
    names?.close();
    s3.close();
  }
}
