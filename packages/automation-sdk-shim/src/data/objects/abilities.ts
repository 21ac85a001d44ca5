import type { Log } from '../../log/log.js';
import { StoreError } from '../data-store.js';
import { ConditionError, type Condition, type ObjectStorage, type Version } from './object-storage.js';

/** What the storage does besides reading and writing objects. */
export interface Abilities {
  /** Keeps to `If-None-Match: *` of a write. */
  readonly ifNoneMatch: boolean;
  /** Keeps to `If-Match` of a write. */
  readonly ifMatch: boolean;
  readonly list: boolean;
  readonly remove: boolean;
}

/** What the storage lacks, in the words of S3. */
const NAMES: Readonly<Record<keyof Abilities, string>> = {
  ifNoneMatch: 'If-None-Match',
  ifMatch: 'If-Match',
  list: 'ListObjects',
  remove: 'DeleteObject',
};
/**
 * Always the same content, and never removed: processes that start at the same time do not disturb each other's tries.
 */
const CHECK = '.write-check';
const CHECK_BODY = Buffer.from('Shows whether the storage supports conditional writes. Keep it.\n');
const NO_ETAG = '0'.repeat(32);

/**
 * Tries out what the storage supports, with an object of its own below `prefix`.
 * @throws StoreError where the storage is away, or does not let the module write
 */
export async function tryAbilities(storage: ObjectStorage, prefix: string, mark: string): Promise<Abilities> {
  const key = prefix + CHECK;
  const conditions = await tryConditions(
    (condition) => storage.put(key, CHECK_BODY, condition, mark),
    () => storage.version(key),
  );
  const list = await storage.canList(key);
  if (list === 'refused') storage.trustReadable(key);
  return { ...conditions, list: list === 'yes', remove: await storage.canDelete(`${prefix}.no-such-object`) };
}

async function tryConditions(
  put: (condition: Condition) => Promise<string>,
  version: () => Promise<Version | undefined>,
): Promise<Pick<Abilities, 'ifNoneMatch' | 'ifMatch'>> {
  const outcomeOf = async (condition: Condition) => {
    try {
      await put(condition);
      return 'done';
    } catch (error) {
      if (!(error instanceof ConditionError)) throw error;
      return error.reason;
    }
  };
  const isRefused = async (condition: Condition) => (await outcomeOf(condition)) === 'failed';
  const isDone = async (condition: Condition) => (await outcomeOf(condition)) === 'done';
  // The first write is right where there is no object yet.
  const keepsOld = (await isRefused('if none')) || (await isRefused('if none'));
  const before = await version().catch((error: unknown) => {
    // Without the right to list, an absent object is forbidden: then the next write tells whether the storage works.
    if (error instanceof StoreError) return 'unknown' as const;
    throw error;
  });
  const etag = typeof before === 'object' ? before.etag : await put('always');
  const acceptsRight = (await isDone({ etag })) || (await isDone({ etag: `"${etag}"` }));
  // A storage that refuses a write whose condition holds refuses every condition.
  const ifNoneMatch = keepsOld && before !== undefined && acceptsRight;
  return { ifNoneMatch, ifMatch: acceptsRight && (await isRefused({ etag: NO_ETAG })) };
}

/** One warning for all that the storage lacks; none where it lacks nothing. */
export function warnOfMissing(log: Log, store: string, abilities: Abilities): void {
  const names = Object.entries(NAMES) as [keyof Abilities, string][];
  const missing = names.filter(([ability]) => !abilities[ability]).map(([, name]) => name);
  if (missing.length === 0) return;
  const isWeak = !abilities.ifNoneMatch || !abilities.ifMatch;
  const consequences = [
    ...(isWeak
      ? [
          'Two processes on the same data are only told apart by reading back what was written: if one of them stalls for several seconds at the wrong moment, both may send the same events.',
        ]
      : []),
    ...(abilities.list ? [] : ['The module keeps its own list of objects.']),
    ...(abilities.remove ? [] : ['Objects that are no longer needed are emptied and stay.']),
  ];
  log.warning(
    `The storage of the ${store} does not support ${missing.join(', ')}. The module works without, and no data is lost. ${consequences.join(' ')}${
      isWeak ? ' Make sure that only one process uses this data.' : ''
    }`,
  );
}
