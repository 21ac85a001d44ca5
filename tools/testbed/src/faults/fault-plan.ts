import { InvalidInputError } from '../errors.js';
import { draw, pick, unit } from '../random.js';

/** What a fault may depend on. */
export interface FaultyRequest {
  /** From 1; null where the request was refused anyway. */
  readonly page: number | null;
  /** Whether the answer would name a next page. */
  readonly linked: boolean;
}

/** Which requests a scripted fault waits for: any by default. */
export interface FaultMatch {
  readonly page?: number | 'first' | 'later';
}

export interface RandomFaults<Kind extends string> {
  /** The share of requests that fail, in 0…1. */
  readonly share: number;
  readonly kinds: readonly Kind[];
  /** The same seed gives the same faults to the same sequence of requests. Default: the plan's own. */
  readonly seed?: number;
}

interface ScriptedFault<Kind extends string> {
  readonly kind: Kind;
  readonly match: FaultMatch;
  times: number;
}

const ANY_REQUEST: FaultyRequest = { page: null, linked: false };

/**
 * Says which request fails, and how: all of them during an outage, then scripted faults, in the order in which they
 * were asked for, then random ones. The random ones depend on the seed and on the number of requests so far, not on any
 * clock.
 */
export class FaultPlan<Kind extends string> {
  readonly #applies: (kind: Kind, request: FaultyRequest) => boolean;
  #seed: number;
  #scripted: ScriptedFault<Kind>[] = [];
  #random: RandomFaults<Kind> = { share: 0, kinds: [] };
  #requests = 0;
  #outage: Kind | undefined;

  /** `applies` says whether a kind makes sense for a request; a fault that does not is neither used nor counted. */
  constructor(seed: number, applies: (kind: Kind, request: FaultyRequest) => boolean = () => true) {
    this.#seed = seed;
    this.#applies = applies;
  }

  /** A plan in which every kind makes sense for every request. */
  static of<Kind extends string>(random?: RandomFaults<Kind>): FaultPlan<Kind> {
    const plan = new FaultPlan<Kind>(1);
    if (random !== undefined) plan.failAtRandom(random);
    return plan;
  }

  /** Lets the next requests that match fail, `times` of them (Infinity: until cleared). Throws InvalidInputError. */
  failNext(kind: Kind, times = 1, match: FaultMatch = {}): void {
    if (!(times === Infinity || (Number.isSafeInteger(times) && times >= 1))) {
      throw new InvalidInputError(`times must be a whole number of at least 1, or Infinity, but is ${times}.`);
    }
    this.#scripted.push({ kind, times, match });
  }

  /** Lets a share of all requests fail; a share of 0 ends it. Throws InvalidInputError. */
  failAtRandom(random: RandomFaults<Kind>): void {
    if (!(random.share >= 0 && random.share <= 1)) {
      throw new InvalidInputError(`share must be between 0 and 1, but is ${random.share}.`);
    }
    if (random.share > 0 && random.kinds.length === 0) {
      throw new InvalidInputError('kinds must name at least one kind of fault.');
    }
    this.#random = { share: random.share, kinds: [...random.kinds] };
    if (random.seed === undefined) return;
    this.#seed = random.seed;
    this.#requests = 0;
  }

  /** Lets every request fail until `endOutage`. */
  startOutage(kind: Kind): void {
    this.#outage = kind;
  }

  endOutage(): void {
    this.#outage = undefined;
  }

  /** Ends everything. */
  clear(): void {
    this.#outage = undefined;
    this.#scripted = [];
    this.#random = { share: 0, kinds: [] };
  }

  get random(): RandomFaults<Kind> {
    return this.#random;
  }

  /** The scripted faults that have not been used up. */
  get scripted(): readonly Readonly<ScriptedFault<Kind>>[] {
    return this.#scripted;
  }

  /** Decides about a request, and uses up the scripted fault that it takes. */
  next(request: FaultyRequest = ANY_REQUEST): Kind | undefined {
    if (this.#outage !== undefined && this.#applies(this.#outage, request)) return this.#outage;
    const number = this.#requests++;
    const script = this.#scripted.find(({ kind, match }) => matches(match, request) && this.#applies(kind, request));
    if (script !== undefined) {
      script.times--;
      this.#scripted = this.#scripted.filter(({ times }) => times > 0);
      return script.kind;
    }
    if (unit(this.#seed, number, 0) >= this.#random.share) return undefined;
    const kinds = this.#random.kinds.filter((kind) => this.#applies(kind, request));
    return kinds.length === 0 ? undefined : pick(kinds, draw(this.#seed, number, 1));
  }
}

function matches({ page }: FaultMatch, request: FaultyRequest): boolean {
  if (page === undefined) return true;
  if (request.page === null) return false;
  if (page === 'first') return request.page === 1;
  return page === 'later' ? request.page > 1 : request.page === page;
}
