/** What http-proxy-agent and https-proxy-agent have in common. */
import { once } from 'node:events';
import type { ClientRequest } from 'node:http';
import type { Socket, TcpNetConnectOpts } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Agent, AgentConnectOpts } from 'agent-base';
import { isObject } from '../json.js';
import { explainCode, ProxyError } from './network-error.js';

export interface TunnelAgent extends Agent {
  readonly proxy: URL;
  /** What each connection to the proxy is made with. */
  connectOpts: TcpNetConnectOpts & { readonly signal?: AbortSignal | undefined };
  connect(request: ClientRequest, options: AgentConnectOpts): Promise<Socket>;
}

/**
 * Makes `agent` give each connection `connectMs`, from the first packet to the proxy to the end of the TLS handshake
 * with the server behind it, and fail with a ProxyError or the error of that handshake. By itself it would wait for
 * ever, keep the socket of a request that was given up, and pass a refused CONNECT off as the server's answer.
 * Connections being made are in `attempts`; aborting one closes it.
 */
export function limitTunnels(agent: TunnelAgent, connectMs: number, attempts: Set<AbortController>): void {
  const { proxy, connectOpts } = agent;
  const connect = agent.connect.bind(agent);
  const openTunnel = async (
    request: ClientRequest,
    options: AgentConnectOpts,
    signal: AbortSignal,
  ): Promise<Socket> => {
    let status = 200;
    // On the way to a plain http server there is no CONNECT, and the event has no status.
    request.once('proxyConnect', ({ statusCode }: { readonly statusCode?: number }) => (status = statusCode ?? status));
    // A signal of its own: later on, TLS owns the socket, and the error of a socket closed beneath it would be lost.
    const reaching = new AbortController();
    const giveUp = () => reaching.abort();
    signal.addEventListener('abort', giveUp);
    try {
      // Read by `connect` before it waits for anything; Node.js closes the socket when the signal is aborted.
      agent.connectOpts = { ...connectOpts, signal: reaching.signal };
      const socket = await connect(request, options);
      if (status === 200) return socket;
    } catch (error) {
      const code = isObject(error) ? error['code'] : undefined;
      const reason = typeof code === 'string' ? explainCode(code) : 'it closed the connection';
      throw new ProxyError('EPROXYUNREACHABLE', `the proxy ${proxy.host} cannot be reached (${reason})`);
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
    throw new ProxyError('EPROXYREFUSED', `the proxy ${proxy.host} answered ${status} to CONNECT`);
  };

  agent.connect = async (request, options) => {
    const attempt = new AbortController();
    const late = new ProxyError(
      'ECONNECTTIMEDOUT',
      `no connection through the proxy ${proxy.host} within ${connectMs / 1_000} s`,
    );
    const timer = setTimeout(() => attempt.abort(late), connectMs);
    attempts.add(attempt);
    try {
      const socket = await openTunnel(request, options, attempt.signal);
      if (socket instanceof TLSSocket) await shakeHands(socket, attempt.signal);
      return socket;
    } catch (error) {
      throw attempt.signal.aborted ? attempt.signal.reason : error;
    } finally {
      clearTimeout(timer);
      attempts.delete(attempt);
    }
  };
}

async function shakeHands(socket: TLSSocket, signal: AbortSignal): Promise<void> {
  try {
    await once(socket, 'secureConnect', { signal });
  } catch (error) {
    socket.destroy();
    throw error;
  }
}
