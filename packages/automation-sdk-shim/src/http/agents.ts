import type { ClientRequest } from 'node:http';
import type { SecureContextOptions } from 'node:tls';
import { Agent, type AgentConnectOpts } from 'agent-base';
import { HttpProxyAgent } from 'http-proxy-agent';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { getProxyForUrl } from 'proxy-from-env';
import { createDirectAgents, type DirectAgents } from './direct-agents.js';
import { limitTunnels, type TunnelAgent } from './tunnel.js';

const KEEP_ALIVE = { keepAlive: true, scheduling: 'lifo' } as const;
const MOST_SOCKETS = 8;

/** Connections that are kept alive, for requests to http:// and to https:// addresses. */
export interface Agents {
  readonly http: Agent;
  readonly https: Agent;
}

/**
 * Agents that go through the proxy that process.env names in HTTPS_PROXY, HTTP_PROXY, ALL_PROXY (and NO_PROXY, all in
 * either case), and directly where it names none. They give a connection `connectMs` to be made. `tls`
 * is for the handshake with servers: whom to trust, and what proves who we are.
 */
export function createAgents(connectMs: number, tls: SecureContextOptions = {}): Agents {
  const agent = new OutboundAgent(connectMs, tls);
  return { http: agent, https: agent };
}

/**
 * Chooses the way of each connection. The number of sockets is limited on direct ways only: agents for proxies would put
 * requests beyond the limit in a queue, and not wake them when a connection could not be made.
 */
class OutboundAgent extends Agent {
  readonly #connectMs: number;
  readonly #direct: DirectAgents;
  /** By the proxy's address and whether the server speaks https. */
  readonly #tunnels = new Map<string, TunnelAgent>();
  readonly #attempts = new Set<AbortController>();

  constructor(connectMs: number, tls: SecureContextOptions) {
    // What stands here reaches the handshake with the server behind a tunnel, not the one with the proxy.
    super({ ...KEEP_ALIVE, ...tls });
    this.#connectMs = connectMs;
    this.#direct = createDirectAgents({ ...KEEP_ALIVE, ...tls, maxSockets: MOST_SOCKETS }, connectMs);
  }

  override connect(request: ClientRequest, { secureEndpoint }: AgentConnectOpts) {
    const scheme = secureEndpoint ? 'https' : 'http';
    const proxy = getProxyForUrl(`${scheme}://${String(request.getHeader('host'))}`);
    return proxy === '' ? this.#direct[scheme] : this.#tunnelThrough(proxy, secureEndpoint);
  }

  override destroy(): void {
    for (const attempt of this.#attempts) attempt.abort();
    for (const agent of [...this.#tunnels.values(), this.#direct.http, this.#direct.https]) agent.destroy();
    super.destroy();
  }

  #tunnelThrough(proxy: string, toHttps: boolean): TunnelAgent {
    const key = `${proxy} ${toHttps ? 'https' : 'http'}`;
    const known = this.#tunnels.get(key);
    if (known !== undefined) return known;
    const agent: TunnelAgent = toHttps
      ? new HttpsProxyAgent(proxy, KEEP_ALIVE)
      : // On a connection that is used again it would send the header that was written for the server itself.
        new HttpProxyAgent(proxy, { ...KEEP_ALIVE, keepAlive: false });
    limitTunnels(agent, this.#connectMs, this.#attempts);
    this.#tunnels.set(key, agent);
    return agent;
  }
}
