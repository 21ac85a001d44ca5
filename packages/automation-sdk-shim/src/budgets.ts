/** Every limit that keeps a hostile or broken other side from taking what is not its own, with the reason for its size. */

/**
 * The first answer of a service that asks to be left alone is obeyed for so long at most: one stray answer of a proxy or
 * gateway must not stop reading for longer than a detection can wait. Throttling at Microsoft lasts seconds to minutes.
 */
export const FIRST_RETRY_AFTER_MS = 120_000;
/**
 * Each further answer that asks for as much doubles that, up to this. In an outage that was announced as longer, it is
 * six requests an hour, and mail is ten minutes late at most when it ends early.
 */
export const MAX_RETRY_AFTER_MS = 600_000;
/** So much waiting that was asked for is done in the middle of a range. After that live mail is asked for first. */
export const RETRY_AFTER_IN_PLACE_MS = 120_000;
/** A service that asks to be left alone for so long is reported at once. Graph's usual throttling asks for less. */
export const REPORTED_RETRY_AFTER_MS = 5_000;

/**
 * Requests without progress that are made as fast as they are answered. Going round a dead link takes some ten, the search
 * for a second that cannot be read some thirty.
 */
export const REQUESTS_WITHOUT_PROGRESS = 100;
/** So many in a row are reported, since nothing is read meanwhile. A range has 20 pages, whose rows may all be known. */
export const REPORTED_REQUESTS_WITHOUT_PROGRESS = 50;
/** After `REQUESTS_WITHOUT_PROGRESS`, one in so long: a service that is back is noticed within a second. */
export const REQUEST_WITHOUT_PROGRESS_EVERY_MS = 1_000;
/** For so many requests without progress a page with new rows, or of a range that was read to its end, makes up. */
export const REQUESTS_PAID_BY_PROGRESS = 3;

/**
 * Pages in a row that lead to no earlier row. Graph's pages may be empty although more follow, and a message to 100,000
 * recipients fills 50 pages of the Reporting Web Service with one time.
 */
export const MAX_PAGES_WITHOUT_PROGRESS = 100;
/** The same for what is read to find out whether a range or the service is at fault. */
export const MAX_PAGES_WITHOUT_PROGRESS_OF_PROBE = 10;
/** Pages of one query, where 20 are planned: after so many, a new query goes on at the last row. */
export const MAX_PAGES_OF_QUERY = 1_000;
/** Pages of one range with all its queries: 20 to 50 million rows. After so many it is read in parts. */
export const MAX_PAGES_OF_RANGE = 10_000;
/** The same for what is read to find out whether a range or the service is at fault: ten times what is planned. */
export const MAX_PAGES_OF_PROBE = 200;
