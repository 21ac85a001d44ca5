/** How much of everything the module takes or gives at most. Every limit stands here with its reason. */

/**
 * Loading the module opens some 135 files at once. At work there are up to 128 connections of clients, 50 of storage, and
 * some files.
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
