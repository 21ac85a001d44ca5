import { type AgentOptions, type ClientRequest, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { type LookupFunction, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { SecureContextOptions } from 'node:tls';
import { Agent, type AgentConnectOpts } from 'agent-base';
import { HttpProxyAgent } from 'http-proxy-agent';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { proxyFor } from './proxies.js';
import { trustFrom } from './trust-store.js';
import { limitTunnels, type TunnelAgent } from './tunnel.js';

/**
 * Servers close what is idle after 5 s (Node.js) to 60 s (most load balancers, and as long as a poll). A request that
 * is sent in that moment gets a reset instead of an answer, so that we close idle connections first.
 */
const MAX_IDLE_MS = 4_000;

type DirectAgentClass = new (options: AgentOptions) => HttpAgent;

/**
 * An agent without a proxy that gives a connection `connectMs` to be made; neither Node.js nor axios limits that alone.
 */
function createDirectAgent(scheme: 'http' | 'https', options: AgentOptions, connectMs: number): HttpAgent {
  const Limited =
    scheme === 'http' ? limited(HttpAgent, 'connect', connectMs) : limited(HttpsAgent, 'secureConnect', connectMs);
  return new Limited(options);
}

/** An agent whose connections are limited in the time to be made, and in the time to be idle. */
function limited(Base: DirectAgentClass, connected: 'connect' | 'secureConnect', connectMs: number): DirectAgentClass {
  return class extends Base {
    override createConnection(...args: Parameters<HttpAgent['createConnection']>): Duplex | null | undefined {
      return limitConnecting(super.createConnection(...args), connected, connectMs);
    }
    /** The agent destroys a free socket on its `timeout`. Node.js wants to be told that the socket is kept. */
    override keepSocketAlive(socket: Duplex): boolean {
      super.keepSocketAlive(socket);
      if (socket instanceof Socket) socket.setTimeout(MAX_IDLE_MS);
      return true;
    }
    override reuseSocket(socket: Duplex, request: ClientRequest): void {
      if (socket instanceof Socket) socket.setTimeout(0);
      super.reuseSocket(socket, request);
    }
  };
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

const KEEP_ALIVE = { keepAlive: true, scheduling: 'lifo' } as const;
const MAX_SOCKETS = 8;
/**
 * An address that does not answer is given this part of the time to connect before the next one of the host is tried.
 */
const PART_FOR_AN_ADDRESS = 4;
/** The least that Node.js takes. */
const MIN_ADDRESS_MS = 10;

/** Connections that are kept alive, for requests to http:// and to https:// addresses. */
export interface Agents {
  readonly http: Agent;
  readonly https: Agent;
}

/**
 * Agents that use the proxy that process.env names in HTTPS_PROXY, HTTP_PROXY, ALL_PROXY (and NO_PROXY, all in either
 * case). They connect directly where it names none, and to this machine. They allow `connectMs` for making a
 * connection. `tls` is for the handshake with servers: which CAs to trust, and what proves who we are. The CAs that
 * process.env names in SSL_CERT_FILE and the like are trusted as well. `lookup` finds the addresses of hosts, as that
 * of node:dns does.
 */
export function createAgents(connectMs: number, tls: SecureContextOptions = {}, lookup?: LookupFunction): Agents {
  const agentFor = (scheme: 'http' | 'https') => new OutboundAgent(scheme, connectMs, tls, lookup);
  return { http: agentFor('http'), https: agentFor('https') };
}

/**
 * Chooses the way of each connection. The number of sockets is limited on direct ways only: agents for proxies would
 * put requests beyond the limit in a queue, and not wake them when a connection could not be made.
 */
class OutboundAgent extends Agent {
  readonly #connectMs: number;
  readonly #scheme: 'http' | 'https';
  readonly #direct: HttpAgent;
  /** For connections to the proxies themselves. */
  readonly #toProxy: object;
  /** By the proxy's address. */
  readonly #tunnels = new Map<string, TunnelAgent>();
  readonly #attempts = new Set<AbortController>();

  constructor(
    scheme: 'http' | 'https',
    connectMs: number,
    tls: SecureContextOptions,
    lookup: LookupFunction | undefined,
  ) {
    const reach = {
      ...KEEP_ALIVE,
      // Node.js gives each address but the last 250 ms, less than a slow line needs.
      autoSelectFamilyAttemptTimeout: Math.max(MIN_ADDRESS_MS, Math.floor(connectMs / PART_FOR_AN_ADDRESS)),
      ...(lookup !== undefined && { lookup }),
    };
    const trusted = { ...tls, ...trustFrom(process.env, tls) };
    // What stands here reaches the handshake with the server behind a tunnel, not the one with the proxy.
    super({ ...KEEP_ALIVE, ...trusted });
    this.#scheme = scheme;
    this.#connectMs = connectMs;
    this.#direct = createDirectAgent(scheme, { ...reach, ...trusted, maxSockets: MAX_SOCKETS }, connectMs);
    this.#toProxy = { ...reach, ...trustFrom(process.env) };
  }

  /** Otherwise it would look into a stack trace for each request. */
  override isSecureEndpoint(): boolean {
    return this.#scheme === 'https';
  }

  override connect(_request: ClientRequest, { host, port }: AgentConnectOpts) {
    const proxy = proxyFor({ scheme: this.#scheme, host: host ?? 'localhost', port }, process.env);
    return proxy === undefined ? this.#direct : this.#tunnelThrough(proxy.href);
  }

  override destroy(): void {
    for (const attempt of this.#attempts) attempt.abort();
    for (const agent of [...this.#tunnels.values(), this.#direct]) agent.destroy();
    super.destroy();
  }

  #tunnelThrough(proxy: string): TunnelAgent {
    const known = this.#tunnels.get(proxy);
    if (known !== undefined) return known;
    const agent: TunnelAgent = this.isSecureEndpoint()
      ? new HttpsProxyAgent(proxy, this.#toProxy)
      : // On a connection that is used again it would send the header that was written for the server itself.
        new HttpProxyAgent(proxy, { ...this.#toProxy, keepAlive: false });
    limitTunnels(agent, this.#connectMs, this.#attempts);
    this.#tunnels.set(proxy, agent);
    return agent;
  }
}
