import { Agent as HttpAgent, type AgentOptions } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

export interface DirectAgents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

/**
 * Agents without a proxy that give a connection `connectMs` to be made; neither Node.js nor axios limits that alone.
 */
export function createDirectAgents(options: AgentOptions, connectMs: number): DirectAgents {
  class LimitedHttpAgent extends HttpAgent {
    override createConnection(...args: Parameters<HttpAgent['createConnection']>): Duplex | null | undefined {
      return limitConnecting(super.createConnection(...args), 'connect', connectMs);
    }
  }
  class LimitedHttpsAgent extends HttpsAgent {
    override createConnection(...args: Parameters<HttpsAgent['createConnection']>): Duplex | null | undefined {
      return limitConnecting(super.createConnection(...args), 'secureConnect', connectMs);
    }
  }
  return { http: new LimitedHttpAgent(options), https: new LimitedHttpsAgent(options) };
}

function limitConnecting(
  socket: Duplex | null | undefined,
  connected: 'connect' | 'secureConnect',
  connectMs: number,
): Duplex | null | undefined {
  if (!(socket instanceof Socket)) return socket;
  const timer = setTimeout(() => {
    const message = `no connection within ${connectMs / 1_000} s`;
    socket.destroy(Object.assign(new Error(message), { code: 'ECONNECTTIMEDOUT' }));
  }, connectMs);
  const clear = () => clearTimeout(timer);
  socket.once(connected, clear).once('close', clear);
  return socket;
}
