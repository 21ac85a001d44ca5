/** What the module grants to what it does not control. Each limit has its reason here, and nowhere else. */

/**
 * Disks and network volumes answer within seconds, even when they are overloaded; a person should hear of what takes
 * longer.
 */
export const STORE_HANGS_AFTER_MS = 10_000;
/** The same at the start, where a holder that may be dead is waited for: 26 s in an object storage. */
export const STORE_TAKING_HANGS_AFTER_MS = 40_000;
/** A container runtime kills what is still there 10 s after SIGTERM: the process ends before, by itself. */
export const STOP_LIMIT_MS = 9_200;
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
