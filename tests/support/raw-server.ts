import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** What a connection is answered with: bytes, after which it ends, or whatever is done with it. */
export type RawResponse = Buffer | ((socket: Socket) => void);

/**
 * A server on 127.0.0.1 that knows no HTTP: as soon as a request begins it sends the next answer, the last one again
 * and again.
 */
export class RawServer {
  /** Set it anew for each test; the first answer is the next one then. */
  #responses: readonly RawResponse[] = [];
  #given = 0;
  readonly #sockets = new Set<Socket>();
  readonly #server: Server = createServer((socket) => this.#serve(socket));

  set answers(responses: readonly RawResponse[]) {
    this.#responses = responses;
    this.#given = 0;
  }

  /** Such as `http://127.0.0.1:41234`. */
  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async open(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    socket.on('error', () => undefined);
    socket.once('data', () => {
      const response = this.#responses[this.#given] ?? this.#responses.at(-1) ?? Buffer.alloc(0);
      this.#given += 1;
      if (Buffer.isBuffer(response)) socket.end(response);
      else response(socket);
    });
  }
}

/** Sends the same bytes again and again, until the client stops listening. */
export function endlessly(beginning: string, again: Buffer): (socket: Socket) => void {
  return (socket) => {
    socket.write(beginning, 'latin1');
    const goOn = () => {
      if (!socket.destroyed) socket.write(again, () => setImmediate(goOn));
    };
    goOn();
  };
}
