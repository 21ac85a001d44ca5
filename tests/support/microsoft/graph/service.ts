import { type GraphOptions, type Simulator, startSimulator } from '@local/testbed';
import { type Authorization, BearerAuthorization } from '../../../../src/microsoft/sign-in/authorization.js';
import { MicrosoftClient } from '../../../../src/microsoft/http/client.js';
import { requestToken } from '../../../../src/microsoft/sign-in/entra-id.js';
import { Transport } from '../../../../src/microsoft/http/transport.js';
import { GraphSource } from '../../../../src/microsoft/graph/source.js';
import { outbound } from '../../outbound.js';
import { emptyWorld, guidance, presentMs, RecordingLinks } from '../reading.js';

export const organization = 'example.corp';

const transport = new Transport({ ...outbound, mark: () => () => presentMs });

export function sourceAt(graphUrl: string, authorization: Authorization, links?: RecordingLinks): GraphSource {
  const client = new MicrosoftClient(graphUrl, { transport, authorization });
  return new GraphSource(graphUrl, client, guidance, organization, links);
}

export interface Service {
  readonly simulator: Simulator;
  readonly source: GraphSource;
  readonly links: RecordingLinks;
  /** Every token that was given out, in order. */
  readonly tokens: readonly string[];
}

/** Runs a test on a simulated tenant whose clock stands still, read with tokens of its token service. */
export async function withService(
  options: Partial<GraphOptions>,
  test: (service: Service) => Promise<void>,
): Promise<void> {
  const simulator = await startSimulator({
    world: emptyWorld(),
    options: { now: () => presentMs },
    graph: { quotaRequests: 1000, ...options },
  });
  const tokens: string[] = [];
  const authorization = new BearerAuthorization({
    requestToken: (signal) => requestToken(signInTo(simulator), transport, signal),
    now: () => performance.now(),
    hide: (token) => {
      tokens.push(token);
      return () => undefined;
    },
  });
  const links = new RecordingLinks();
  const source = sourceAt(simulator.graphUrl, authorization, links);
  try {
    await test({ simulator, source, links, tokens });
  } finally {
    await simulator.close();
  }
}

function signInTo({ authorityUrl, tokenService: { options } }: Simulator) {
  const { tenantId: tenant, clientId, clientSecret } = options;
  const scope = 'https://graph.microsoft.com/.default';
  return { authorityUrl, tenant, clientId, identity: { clientSecret }, scope };
}
