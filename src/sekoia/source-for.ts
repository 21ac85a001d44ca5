import type { LinkMonitor } from '../microsoft/paging/detours.js';
import { addressOf, type Api } from '../microsoft/clouds.js';
import { newestRow } from '../microsoft/graph/newest-row.js';
import { GraphSource } from '../microsoft/graph/source.js';
import { MicrosoftClient } from '../microsoft/http/client.js';
import type { Quota } from '../microsoft/http/quota.js';
import type { RequestBudget } from '../microsoft/http/request-budget.js';
import { ReportingWebServiceSource } from '../microsoft/reporting-web-service.js';
import type { Authorization } from '../microsoft/sign-in/authorization.js';
import { ServicePrincipalLookup } from '../microsoft/sign-in/service-principal.js';
import type { Source, TimeRange, TraceRecord } from '../model/ports.js';
import type { Addresses } from '../settings/options.js';
import type { Access } from './access.js';
import { authorizationFor, type SignInMeans } from './authorization-for.js';

export interface Means extends SignInMeans {
  /** Of Microsoft Graph. */
  readonly quota: Quota;
  /** Of whichever API is read. */
  readonly budget?: RequestBudget | undefined;
  readonly links?: LinkMonitor;
}

interface Connection {
  readonly apiUrl: string;
  readonly access: Pick<Access, 'api' | 'guidance' | 'organization'>;
  readonly authorization: Authorization;
  readonly means: Pick<Means, 'transport' | 'budget' | 'links'> & { readonly quota?: Quota };
}

/** How an API is read. */
interface Reader {
  readonly source: Source;
  /** The newest row of a range, to find out whether rows can be read. @throws like the source, at the first failure */
  readonly newestRow: (range: TimeRange, signal: AbortSignal) => Promise<TraceRecord | undefined>;
  /** Where the API needs a service principal of Microsoft's. */
  readonly servicePrincipal?: ServicePrincipalLookup;
}

/** Each API that can be read. What is known of it besides stands in microsoft/clouds.ts. */
const READERS: Readonly<Record<Api, (connection: Connection) => Reader>> = {
  graph: ({ apiUrl, access: { guidance, organization }, authorization, means }) => {
    const { transport, quota, budget, links } = means;
    const client = new MicrosoftClient(apiUrl, { transport, authorization, budget, ...(quota && { quota }) });
    const servicePrincipal = new ServicePrincipalLookup(apiUrl, { transport, authorization });
    return {
      source: new ExplainedGraphSource(servicePrincipal, apiUrl, client, guidance, organization, links),
      newestRow: (range, signal) => newestRow(apiUrl, range, { client, guidance }, signal),
      servicePrincipal,
    };
  },
  reporting_web_service: ({ apiUrl, access: { guidance }, authorization, means: { transport, budget, links } }) => {
    const client = new MicrosoftClient(apiUrl, { transport, authorization, budget });
    const source = new ReportingWebServiceSource(apiUrl, client, guidance, links);
    return { source, newestRow: (range, signal) => firstRow(source, range, signal) };
  },
};

/** The source that an access leads to. */
export function sourceFor(access: Access, addresses: Addresses, means: Means): Source {
  const apiUrl = addressOf(access.api, addresses.apiUrl);
  const authorization = authorizationFor(access, apiUrl, addresses, means);
  return readerOf({ apiUrl, access, authorization, means }).source;
}

export function readerOf(connection: Connection): Reader {
  return READERS[connection.access.api](connection);
}

async function firstRow(source: Source, range: TimeRange, signal: AbortSignal): Promise<TraceRecord | undefined> {
  for await (const { records } of source.pages(range, signal, { tries: 1 })) return records[0];
  return undefined;
}

/**
 * Explains a refusal because Microsoft's own service principal is missing. It says which of the two reasons applies,
 * where that can be looked up.
 */
class ExplainedGraphSource extends GraphSource {
  readonly #lookup: ServicePrincipalLookup;

  constructor(lookup: ServicePrincipalLookup, ...parts: ConstructorParameters<typeof GraphSource>) {
    super(...parts);
    this.#lookup = lookup;
  }

  override async *pages(...asked: Parameters<GraphSource['pages']>): ReturnType<GraphSource['pages']> {
    const [, signal] = asked;
    try {
      return yield* super.pages(...asked);
    } catch (error) {
      throw await this.#lookup.explained(error, signal);
    }
  }
}
