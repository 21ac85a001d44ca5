import { createServer, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** Changes a row of an answer, as the API spells it; what it returns stands in its place. */
export type ChangeRow = (row: Record<string, unknown>) => unknown;

export interface TamperingFront {
  /** Such as `http://127.0.0.1:41234`. */
  readonly origin: string;
  close(): Promise<void>;
}

/** Stands between the module and the simulated tenant's APIs, and changes the rows of their answers on the way. */
export async function startTamperingFront(tenantOrigin: string, change: ChangeRow): Promise<TamperingFront> {
  const server = createServer((request, response) => {
    void forward(request).then((answer) => {
      response.writeHead(answer.status, answer.headers).end(answer.body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function forward(request: IncomingMessage) {
    const { method = 'GET', url = '/' } = request;
    const { authorization, accept, prefer } = request.headers;
    const sent = { authorization, accept, prefer };
    const headers = Object.entries(sent).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
    const body = await text(request);
    const answer = await fetch(tenantOrigin + url, { method, headers, ...(body !== '' && { body }) });
    // The next page is to be asked for here.
    const page = (await answer.text()).replaceAll(tenantOrigin, origin);
    const kept = ['content-type', 'date', 'retry-after'].flatMap((name) => {
      const value = answer.headers.get(name);
      return value === null ? [] : [[name, value] as const];
    });
    return { status: answer.status, headers: Object.fromEntries(kept), body: answer.ok ? changed(page, change) : page };
  }

  return {
    origin,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function changed(page: string, change: ChangeRow): string {
  const answer = JSON.parse(page) as { d?: { results: unknown[] }; value?: unknown[] };
  const apply = (rows: unknown[]) => rows.map((row) => change(row as Record<string, unknown>));
  if (answer.d !== undefined) answer.d.results = apply(answer.d.results);
  if (answer.value !== undefined) answer.value = apply(answer.value);
  return JSON.stringify(answer);
}
