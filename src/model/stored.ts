/** The one way in which documents that are read back are checked. */
export { acceptor, MAX_STORED_TIME_MS, MIN_STORED_TIME_MS } from '@sekoia/automation-sdk-shim';
