import type { Agents } from './agents.js';
import type { HttpClient } from './http-client.js';
import { explainCode } from './tls-failure.js';

/** What the module's requests have in common, whoever they go to. */
export interface Outbound {
  readonly userAgent: string;
  readonly agents: Agents;
  /** The code of an error of these connections, followed by what it means and what to do where that needs saying. */
  readonly explainCode: (code: string) => string;
}

export function outboundOf({ userAgent, agents }: HttpClient): Outbound {
  return { userAgent, agents, explainCode };
}
