import { hash } from 'node:crypto';
import { deliveryIdentity, rowIdentity, statusIdentity, type TraceRecord } from './record.js';

/**
 * What has been delivered already, in 96 bits: 64 for the row (trace id, recipient and sender) and 32 for its status.
 * A row with another status shares the first 64 bits, so that a status change can be told from a row that is new.
 */
export interface Fingerprint {
  readonly rowHigh: number;
  readonly rowLow: number;
  readonly status: number;
}

/** Bytes of one fingerprint on disk. */
export const fingerprintBytes = 12;

export function fingerprintOf(record: TraceRecord): Fingerprint {
  return fingerprint(deliveryIdentity(record), record);
}

/** As versions before 1.3 made it, without the sender. */
export function legacyFingerprintOf(record: TraceRecord): Fingerprint {
  return fingerprint(rowIdentity(record), record);
}

function fingerprint(identity: string, record: TraceRecord): Fingerprint {
  const row = sha256(identity);
  return {
    rowHigh: row.readUInt32LE(0),
    rowLow: row.readUInt32LE(4),
    status: statusHash(statusIdentity(record)),
  };
}

export function writeFingerprint(fingerprint: Fingerprint, into: Buffer, at: number): void {
  into.writeUInt32LE(fingerprint.rowHigh, at);
  into.writeUInt32LE(fingerprint.rowLow, at + 4);
  into.writeUInt32LE(fingerprint.status, at + 8);
}

export function readFingerprint(from: Buffer, at: number): Fingerprint {
  return { rowHigh: from.readUInt32LE(at), rowLow: from.readUInt32LE(at + 4), status: from.readUInt32LE(at + 8) };
}

/**
 * Zero marks a free slot in FingerprintSet, so no status hashes to it. The answers know a dozen statuses: worth
 * remembering, within bounds.
 */
function statusHash(status: string): number {
  let known = knownStatuses.get(status);
  if (known === undefined) {
    known = sha256(status).readUInt32LE(0) || 1;
    if (knownStatuses.size < 1000) knownStatuses.set(status, known);
  }
  return known;
}

const knownStatuses = new Map<string, number>();

function sha256(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
