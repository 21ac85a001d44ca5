import { expect, test } from '@jest/globals';
import { MicrosoftClient } from '../../../../src/microsoft/http/client.js';
import { GraphSource } from '../../../../src/microsoft/graph/source.js';
import { respond, startLoopback } from '../../../support/loopback.js';
import { transportWith } from '../../../support/outbound.js';
import { guidance, range, readAll, RecordingLinks } from '../../../support/microsoft/reading.js';

const authorization = { header: () => Promise.resolve('Bearer t0ken-of-mine'), discard: () => false };
const row = (id: number, second: number) => ({
  id: `row-${id}`,
  recipientAddress: `user${id}@example.com`,
  receivedDateTime: new Date(range.end - 1000 * second).toISOString(),
});

async function readBy(linkOf: (origin: string) => string) {
  const links = new RecordingLinks();
  const server = await startLoopback(({ target }, response) => {
    const isFirst = !target.includes('page=2') && !target.includes('skiptoken');
    const isDetour = isFirst && server.received.length > 1;
    respond(response, 200, {
      value: isFirst ? [row(1, 10), row(2, 20)] : [row(2, 20), row(3, 30)],
      ...(isFirst && !isDetour && { '@odata.nextLink': linkOf(server.origin) }),
    });
  });
  const client = new MicrosoftClient(server.origin, { transport: transportWith(), authorization });
  const records = await readAll(new GraphSource(server.origin, client, guidance, undefined, links));
  return { received: server.received, records, links, origin: server.origin };
}

test.each(['eve:pw@', 'eve@', ':pw@'])(
  'a link of the own host with "%s" in it is followed with the credentials of the settings',
  async (userinfo) => {
    const { received, records, links } = await readBy((origin) => `${origin.replace('//', `//${userinfo}`)}/x?page=2`);
    expect(received.map(({ headers }) => headers.authorization)).toEqual(received.map(() => 'Bearer t0ken-of-mine'));
    expect(received[1]?.target).toBe('/x?page=2');
    expect(records.map(({ traceId }) => traceId)).toContain('row-3');
    expect(links.foreign).toEqual([]);
  },
);

test.each(['blob:', 'filesystem:', 'blob:null/'])(
  'a link that begins with %s is told as foreign, and reading goes round it',
  async (scheme) => {
    const { received, links } = await readBy((origin) => `${scheme}${origin}/x?page=2`);
    expect(links.foreign).toEqual([expect.stringContaining('another host')]);
    expect(received.length).toBeGreaterThan(1);
    expect(received.some(({ target }) => target.includes('page=2'))).toBe(false);
  },
);
