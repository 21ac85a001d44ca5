import { hash } from 'node:crypto';
import { rowIdentity, statusIdentity, type TraceRecord } from '../collector/record.js';

/** The namespace of this module's event ids; made once, never to change: ids must stay the same for ever. */
const namespace = Buffer.from('fb15f6f5005446f6975d91ca2e8087d3', 'hex');

/**
 * A UUID (RFC 9562, version 5) made of trace id, recipient and status: the same row with the same status has the same
 * id whenever and through whichever API it is read, so that a repeat can be told downstream.
 */
export function eventId(record: TraceRecord): string {
  const name = Buffer.from(`${rowIdentity(record)}\n${statusIdentity(record)}`);
  const digest = hash('sha1', Buffer.concat([namespace, name]), 'buffer');
  digest.writeUInt8((digest.readUInt8(6) & 0x0f) | 0x50, 6);
  digest.writeUInt8((digest.readUInt8(8) & 0x3f) | 0x80, 8);
  return digest.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
