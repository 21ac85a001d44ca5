import { randomUUID } from 'node:crypto';
import type { IntakeManner, Weather } from '../plan/steps.js';
import type { FaultPlan } from '../../faults/fault-plan.js';

/** What the intake answers in place of its usual acknowledgement; see `Intake.answerBatches`. */
export interface RuledResponse {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly stored?: readonly string[];
  readonly afterMs?: number;
}

export interface Ruling {
  readonly intakeKey: string;
  readonly chunkSize: number;
  /** How many answers this manner has given before. */
  readonly turn: number;
}

/** Beyond the 60 seconds that the module waits for an answer, for a full chunk. */
const FULL_CHUNK_TAKES_MS = 62_000;
const BOMB_KEYS = 1_000_000;
/** Of refusals a client quotes more than of failures. Fewer than spellings, and not a divisor of them. */
const ECHO_STATUSES = [400, 403, 500];
/** Echoes are not longer than what proxies show. */
const ECHOED_CHARACTERS = 2000;

let bomb: Record<string, number> | undefined;

export function ruledResponse(
  manner: IntakeManner,
  events: readonly string[],
  { intakeKey, chunkSize, turn }: Ruling,
): RuledResponse {
  const idsOf = (stored: readonly string[]) => ({ event_ids: stored.map(() => randomUUID()) });
  switch (manner) {
    case 'no-ids':
      return { status: 200, body: idsOf([]) };
    case 'half-the-ids': {
      const stored = events.slice(0, Math.ceil(events.length / 2));
      return { status: 200, body: idsOf(stored), stored };
    }
    case 'slower-than-limit': {
      const afterMs = Math.round((FULL_CHUNK_TAKES_MS * events.length) / chunkSize);
      return { status: 200, body: idsOf(events), stored: events, afterMs };
    }
    case 'echo-request':
      return {
        status: ECHO_STATUSES[turn % ECHO_STATUSES.length] ?? 500,
        body: { detail: echo(JSON.stringify({ intake_key: intakeKey, jsons: events }), intakeKey, turn) },
      };
    case 'retry-after-600':
      return { status: 503, body: { error: 'maintenance' }, headers: { 'Retry-After': '600' } };
    case 'bomb':
      bomb ??= Object.fromEntries(Array.from({ length: BOMB_KEYS }, (_, at) => [`k${at}`, 0]));
      return { status: 500, body: bomb };
  }
}

/** The request's body in another spelling each time; every fifth one ends within the key. */
function echo(body: string, intakeKey: string, turn: number): string {
  const shown = body.slice(0, ECHOED_CHARACTERS);
  const spellings = [
    (text: string) => text,
    (text: string) => text.replaceAll('"', '&quot;').replaceAll('-', '&#45;'),
    (text: string) => encodeURIComponent(text),
    (text: string) =>
      Buffer.from(text)
        .toString('base64')
        .replaceAll(/(.{76})/g, '$1\r\n'),
    (text: string) => text.slice(0, text.indexOf(intakeKey) + 8 + (turn % (intakeKey.length - 8))),
  ];
  return `Could not handle ${spellings[turn % spellings.length]?.(shown) ?? shown}`;
}

/** A service whose answers can be made to fail. Kinds that it does not know are refused with a RangeError. */
export interface FaultySide {
  setWeather(weather: Pick<Weather, 'share' | 'faults' | 'seed'>): void;
  failNext(kind: string): void;
  startOutage(kind: string): void;
  endOutage(): void;
  /** From now on nothing fails. */
  clear(): void;
}

export function faultySide<Kind extends string>(known: readonly Kind[], faults: FaultPlan<Kind>): FaultySide {
  return {
    setWeather: ({ share, faults: kinds, seed }) =>
      faults.failAtRandom({ share, kinds: kinds.map((kind) => find(known, kind)), seed }),
    failNext: (kind) => faults.failNext(find(known, kind)),
    startOutage: (kind) => faults.startOutage(find(known, kind)),
    endOutage: () => faults.endOutage(),
    clear: () => faults.clear(),
  };
}

function find<Kind extends string>(known: readonly Kind[], name: string): Kind {
  const kind = known.find((candidate) => candidate === name);
  if (kind === undefined) throw new RangeError(`There is no fault "${name}" here.`);
  return kind;
}
