import { RangeRefusedError } from '../errors.js';

/**
 * A link to a later page is of no use: the service refuses it, or it leads in a circle, elsewhere or nowhere. What was
 * read before it stays good, so there are cheaper ways to go on than to read the range in halves.
 */
export class DeadLinkError extends RangeRefusedError {}

/** A link that would have carried the credentials to another host. */
export class ForeignLinkError extends DeadLinkError {}

/**
 * How reading goes on where a link leads nowhere, the cheapest first. docs/adr/0015-round-a-dead-link.md has the
 * reasons. `repaired`: what is wrong with the link is known, and was undone before it was followed. `continued`: by a
 * new query that ends at the time of the last row. `rebuilt`: by a link of our own making, where the last row's second
 * is larger than a page. `retried`: by the same page once more, whose link may be better this time. `halved`: not at
 * all: the range is read again in halves.
 */
export type Remedy = 'repaired' | 'continued' | 'rebuilt' | 'retried' | 'halved';

/** Hears what becomes of links that lead nowhere. Its methods neither throw nor take long. */
export interface LinkMonitor {
  /** Told of each such link once, as soon as it is known how reading went on. */
  readonly deadLink: (remedy: Remedy) => void;
  /** Told as soon as the answer with the link is there. */
  readonly foreignLink: (error: ForeignLinkError) => void;
}
