/**
 * What foreign input may cost. Each limit is far above what a real service sends and far below what the process can
 * hold: what is beyond it is refused, never cut silently.
 */

const MIB = 1024 * 1024;

/** How much JSON a text may hold. A text is counted before it is parsed: the objects of a small text can be large. */
export interface JsonBudget {
  readonly characters: number;
  /** Lists and objects within each other. */
  readonly depth: number;
  /** Members of one object. V8 stores an object of many names as a hash table, at several hundred bytes a name. */
  readonly members: number;
  /** Values of all kinds together. Each takes up to 100 bytes, however short its text is. */
  readonly values: number;
}

/**
 * An answer of a Microsoft API, unpacked. A page of 5,000 rows has 2 to 5 MiB: this is three times as much, 3.3 KiB a
 * row. An answer takes three times its size in memory while it is put together.
 */
export const MAX_MICROSOFT_RESPONSE_BYTES = 16 * MIB;

/** An answer of a token service. A token of more than 16 KiB fits into no request header of Node.js. */
export const MAX_TOKEN_RESPONSE_BYTES = MIB / 4;

/**
 * An object of the object storage: the largest holds the fingerprints of an hour, of which a million rows make 20 MiB.
 */
export const MAX_OBJECT_BYTES = 64 * MIB;

/** Any other answer of the object storage: a page of 1,000 keys, each of 1,024 characters at most, as XML. */
export const MAX_STORAGE_RESPONSE_BYTES = 4 * MIB;

/** An answer of the intake or the platform, unpacked. The largest known names 10,000 events, in half a MiB. */
export const MAX_SEKOIA_RESPONSE_BYTES = 4 * MIB;

/**
 * A page of rows: 5,000 rows of Graph with 15 members are 80,000 values, 2,000 rows of the Reporting Web Service with
 * 25 members are 54,000. 500,000 values, each with a name of its own, take the process to some 250 MiB. A row has 25
 * members at most, with its metadata: one of 10,000 is still delivered. Rows have three levels. A single one that is
 * nested deeper than a row can be is set aside by itself, without harm to the others: depth costs no more than any
 * other value.
 */
export const MICROSOFT_JSON: JsonBudget = {
  characters: MAX_MICROSOFT_RESPONSE_BYTES,
  depth: 200_000,
  members: 10_000,
  values: 500_000,
};

/** What a token service answers: a dozen members, and those of an error. */
export const TOKEN_JSON: JsonBudget = { characters: MAX_TOKEN_RESPONSE_BYTES, depth: 32, members: 100, values: 1_000 };

/** Why a service refuses: a short text within a few objects. Microsoft's longest has some KiB. */
export const EXPLANATION_JSON: JsonBudget = { characters: MIB, depth: 64, members: 1_000, values: 10_000 };

/**
 * An answer of the intake about a batch: 10,000 events at most, with up to ten values each, which can be members of
 * one object (errors by index). Also for what the platform answers, which is smaller.
 */
export const SEKOIA_JSON: JsonBudget = {
  characters: MAX_SEKOIA_RESPONSE_BYTES,
  depth: 64,
  members: 20_000,
  values: 200_000,
};

/** A file of the module's own: cards, settings, documents of the data folder. The largest document has some 100 KiB. */
export const DOCUMENT_JSON: JsonBudget = { characters: 16 * MIB, depth: 64, members: 100_000, values: 500_000 };

/** How much is read of a foreign text that is to be quoted: a page of HTML has its reason within its beginning. */
export const MAX_FOREIGN_CHARACTERS = 20_000;

/** How much of a foreign text is quoted: a sentence or two. A log line has more than one part. */
export const MAX_EXCERPT_CHARACTERS = 300;

/** How much of the stacks of an error and its causes is logged: some fifty lines each, five causes. */
export const MAX_STACK_CHARACTERS = 32_768;

/** The longest message that is sent to the platform's log. */
export const MAX_LOG_MESSAGE_CHARACTERS = 16_384;

/**
 * Credentials that came up while running and are still redacted: the present token and those before it, which stay
 * valid for an hour and can be echoed late.
 */
export const MAX_PASSING_SECRETS = 8;

/**
 * The first answer of a service that asks to be left alone is obeyed for so long at most: one stray answer of a proxy
 * or gateway must not stop reading for longer than a detection can wait. Throttling at Microsoft lasts seconds to
 * minutes.
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
 * Requests without progress that are made as fast as they are answered. Going round a dead link takes some ten, the
 * search for a second that cannot be read some thirty.
 */
export const REQUESTS_WITHOUT_PROGRESS = 100;
/**
 * So many in a row are reported, since nothing is read meanwhile. A range has 20 pages, whose rows may all be known.
 */
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

/**
 * An answer of the intake is awaited for so long at first. Sekoia's SDK allows 30 s; the double spares repeats where
 * the intake is merely busy.
 */
export const INTAKE_RESPONSE_MS = 60_000;
/**
 * After time-outs the limit grows, to this at most: an intake that is back after it hung is noticed within five
 * minutes, as is a key that has become active.
 */
export const INTAKE_MAX_RESPONSE_MS = 300_000;

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
 * Ids of events that are remembered, to notice an answer that comes from a cache: those of the five to ten last
 * batches, at some 150 bytes each.
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

/**
 * Loading the module opens some 135 files at once. At work there are up to 128 connections of clients, 50 of storage,
 * and some files.
 */
export const MIN_OPEN_FILES = 256;

/** A health server: the platform and a monitoring system use one connection each. */
export const MAX_CLIENT_CONNECTIONS = 64;
/** Requests on one connection of a health server: a monitoring system reconnects after 25 minutes at one in 15 s. */
export const MAX_REQUESTS_PER_CONNECTION = 100;
/** What a client of a health server may take to send its headers: a probe sends them at once. */
export const CLIENT_HEADERS_MS = 5_000;
/** What a client of a health server may take to send its request. GET has no body. */
export const CLIENT_REQUEST_MS = 10_000;
/** How often clients are looked through for those that take longer. */
export const CLIENT_CHECK_MS = 1_000;
/** Headers of a request to a health server. Those of a probe have some 200 bytes. */
export const MAX_CLIENT_HEADER_BYTES = 8 * 1024;

/**
 * Disks and network volumes answer within seconds, even when they are overloaded; a person should hear of what takes
 * longer.
 */
export const STORE_HANGS_AFTER_MS = 10_000;
/** The same at the start, where a holder that may be dead is waited for: 26 s in an object storage. */
export const STORE_TAKING_HANGS_AFTER_MS = 40_000;
/**
 * A container runtime kills what is still there 10 s after SIGTERM: the process ends before, by itself. On an
 * overloaded machine the signal arrives late, so a second is left for that.
 */
export const STOP_LIMIT_MS = 8_700;
/** What a disk is about to answer takes milliseconds, and the process ends within 10 s all the same. */
export const THREADS_LIMIT_MS = 400;
/**
 * Letting go of the data folder takes milliseconds; what is lost where it does not is some seconds at the next start.
 */
export const RELEASE_LIMIT_MS = 3_000;
/** The same where run() has used up its time to stop: what is left is for the logs. */
export const RELEASE_LIMIT_HUNG_MS = 600;
/**
 * Node.js has four threads for files and names: a folder that hangs must leave some, or nothing could be reported any
 * more.
 */
export const MAX_FILE_OPERATIONS = 2;
/** A context of 10,000 set-aside ranges takes 2 MiB: what is larger was not written by a module. */
export const MAX_DOCUMENT_BYTES = 8 * 1024 * 1024;

/**
 * A person waits in front of a form: signing in and one query take seconds, and Microsoft's slowest answers half a
 * minute.
 */
export const CHECK_LIMIT_MS = 30_000;

/** Rows of pages that are fetched ahead: as many as the largest page holds, one of Microsoft Graph. */
export const MAX_ROWS_AHEAD = 5_000;

/**
 * Control characters that are repaired in one answer. Each line of a page counts, and 5,000 rows of 15 fields have
 * 85,000 lines. What needs more is no page with a bad subject.
 */
export const MAX_REPAIRS = 200_000;

/**
 * A file that one action leaves for another. 100,000 rows of 15 fields take some 50 MiB, and as values ten times that:
 * what an action reads is bounded like a page of rows.
 */
export const MAX_SHARED_FILE_BYTES = 16 * MIB;
/** The JSON of such a file. A STIX bundle has a dozen levels. */
export const SHARED_FILE_JSON: JsonBudget = {
  characters: MAX_SHARED_FILE_BYTES,
  depth: 256,
  members: 100_000,
  values: 500_000,
};

/**
 * The log of one run of an action, in characters: 16 of the longest messages, or some 2,000 usual ones. It travels
 * with the results, in one request. The oldest entries go first.
 */
export const MAX_ACTION_LOG_CHARACTERS = MIB / 4;
/**
 * How long an action may go on once it was told to stop. It has nothing to save, and its end is still to be reported.
 */
export const ACTION_STOP_MS = 2_000;
/** How long the end of a stopped action may take to be reported: one try, and what is left is for Sentry. */
export const ACTION_REPORT_MS = 2_500;
/** An action whose end was reported has so long to let go of what it opened. Then its process ends in any case. */
export const ACTION_EXIT_MS = 1_000;

/**
 * The slowest upload to the platform that is waited for, in bytes a millisecond (0.8 Mbit/s): large results take longer
 * than the limit of a small request.
 */
export const SLOWEST_UPLOAD_BYTES_PER_MS = 100;

/**
 * Requests for searches in any five minutes, of the tenant's 100: the rest is the collector's, which runs in another
 * container and shares the quota.
 */
export const SEARCH_REQUESTS_IN_FIVE_MINUTES = 10;
/** Requests of one search. Seven are sent at once and the others at 100 s each: five minutes at most. */
export const SEARCH_REQUESTS = 10;
/** Rows of one search, unless it is told otherwise: two pages of Microsoft Graph. */
export const SEARCH_ROWS = 10_000;
/** Rows of one search at most, each remembered by some 100 bytes so that it comes only once. */
export const MAX_SEARCH_ROWS = 1_000_000;
/** The same for the recipients of one message: no group is expanded to more. */
export const RECIPIENT_ROWS = 100_000;
/** Values of one property of a search: each takes a request. */
export const MAX_SEARCH_VALUES = 100;
/** Queries that the values of further properties may multiply one search to. What is beyond is filtered here. */
export const MAX_COMBINED_QUERIES = 10;
/** The XML of one step of a message's way: the longest known has some KiB of headers of the transport. */
export const MAX_DETAIL_XML_CHARACTERS = 262_144;
