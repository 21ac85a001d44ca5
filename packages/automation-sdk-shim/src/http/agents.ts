import type { Agent, AgentOptions, ClientRequest } from 'node:http';
import { ProxyAgent } from 'proxy-agent';
import { createDirectAgents, type DirectAgents } from './direct-agents.js';
import { isTunnelAgent, limitTunnels, type ConnectOptions, type TunnelAgent } from './tunnel.js';

const KEEP_ALIVE: AgentOptions = { keepAlive: true, scheduling: 'lifo' };
const MOST_SOCKETS = 8;

/** Connections that are kept alive, for requests to http:// and to https:// addresses. */
export interface Agents {
  readonly http: ProxyAgent;
  readonly https: ProxyAgent;
}

/**
 * Agents that go through the proxy that process.env names in HTTPS_PROXY, HTTP_PROXY, ALL_PROXY (and NO_PROXY, all in
 * either case), and directly where it names none. They give a connection `connectMs` to be made.
 */
export function createAgents(connectMs: number): Agents {
  const agent = new OutboundAgent(
    createDirectAgents({ ...KEEP_ALIVE, maxSockets: MOST_SOCKETS }, connectMs),
    connectMs,
  );
  return { http: agent, https: agent };
}

/**
 * Chooses the agent for each request. The number of sockets is limited on direct ways only: this agent and those for
 * proxies would put requests beyond the limit in a queue, and not wake them when a connection could not be made.
 */
class OutboundAgent extends ProxyAgent {
  readonly #direct: DirectAgents;
  readonly #connectMs: number;
  readonly #limited = new WeakSet<TunnelAgent>();
  readonly #attempts = new Set<AbortController>();
  /** The last choice, so that one follows the other: at once, each would make an agent of its own for a proxy. */
  #chosen: Promise<unknown> = Promise.resolve();

  constructor(direct: DirectAgents, connectMs: number) {
    super({ ...KEEP_ALIVE, httpAgent: direct.http, httpsAgent: direct.https });
    this.#direct = direct;
    this.#connectMs = connectMs;
  }

  override async connect(request: ClientRequest, options: ConnectOptions): Promise<Agent> {
    const choice = this.#chosen.then(() => super.connect(request, options));
    this.#chosen = choice.catch(() => undefined);
    const agent = await choice;
    if (isTunnelAgent(agent) && !this.#limited.has(agent)) {
      limitTunnels(agent, this.#connectMs, this.#attempts);
      // On a connection that is used again it would send the header that was written for the server itself.
      if (!options.secureEndpoint) agent.keepAlive = false;
      this.#limited.add(agent);
    }
    return agent;
  }

  override destroy(): void {
    for (const attempt of this.#attempts) attempt.abort();
    super.destroy();
    this.#direct.http.destroy();
    this.#direct.https.destroy();
  }
}
