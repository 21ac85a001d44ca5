/**
 * Every limit that keeps a hostile or broken other side from taking what is not its own, with the reason for its
 * size.
 */

/**
 * An answer of the intake is awaited for so long at first. Sekoia's SDK allows 30 s; the double spares repeats where
 * the intake is merely busy.
 */
export const INTAKE_ANSWER_MS = 60_000;
/**
 * After time-outs the limit grows, to this at most: an intake that is back after it hung is noticed within five
 * minutes, as is a key that has become active.
 */
export const INTAKE_LONGEST_ANSWER_MS = 300_000;

/**
 * So long a batch is sent again that the intake answers with 200 and without ids. Then its rows go to `rejected/`,
 * so that one batch does not hold up all mail for ever. An hour is a usual maintenance; more would make more
 * repeats.
 */
export const UNACKNOWLEDGED_FOR_MS = 3_600_000;
/** And so often, at least: a clock that is set forward by an hour must not count as an hour of trying. */
export const UNACKNOWLEDGED_TRIES = 8;

/**
 * Characters of rejected events that are kept to be tried once more when the intake takes others: about an hour's
 * batch of 1,000 rows, twice over. What is beyond lies in `rejected/` only.
 */
export const RETRIED_REJECTION_CHARS = 4_000_000;

/**
 * Ids of events that are remembered, to notice an answer that comes from a cache: those of the ten last batches, at
 * some 150 bytes each.
 */
export const REMEMBERED_EVENT_IDS = 10_000;

/**
 * All rows in the folder `rejected/`, in bytes: some 300,000 rows. A tenth of a small volume of 2.5 GiB, so that
 * rows that stay there never take the room of fingerprints and watermarks.
 */
export const MAX_REJECTED_BYTES = 268_435_456;
/** Files there. A folder has one a day; a bucket has one for each row, and lists 1,000 of them in a request. */
export const MAX_REJECTED_FILES = 100_000;
/** The share of these at which a person is asked to look. */
export const REJECTED_WARNING_SHARE = 0.8;
/**
 * Rejected rows that are remembered, so that one which every pass reads again is written once: 10 MB at most. More
 * than that within a day is an attack, which the bound on bytes ends.
 */
export const REMEMBERED_REJECTIONS = 100_000;
/** Rejected rows that have a line of their own in the log, in a minute. The others are counted in one line. */
export const REJECTIONS_LOGGED_A_MINUTE = 10;
