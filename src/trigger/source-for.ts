import type { Source } from '../collector/contracts.js';
import { MicrosoftClient } from '../microsoft/client.js';
import { addressOf } from '../microsoft/clouds.js';
import type { Quota } from '../microsoft/quota.js';
import type { RequestBudget } from '../microsoft/request-budget.js';
import { ServicePrincipalLookup } from '../microsoft/service-principal.js';
import type { LinkMonitor } from '../sources/dead-link.js';
import { GraphSource } from '../sources/graph/source.js';
import { ReportingWebServiceSource } from '../sources/reporting-web-service/source.js';
import type { Access } from './access.js';
import { authorizationFor, type SignInAddresses, type SignInMeans } from './authorization-for.js';

export interface Addresses extends SignInAddresses {
  readonly api_url: string;
}

export interface Means extends SignInMeans {
  /** Of Microsoft Graph. */
  readonly quota: Quota;
  /** Of whichever API is read. */
  readonly budget?: RequestBudget | undefined;
  readonly links?: LinkMonitor;
}

/** The source that an access leads to. */
export function sourceFor(access: Access, addresses: Addresses, means: Means): Source {
  const { api, guidance, organization } = access;
  const { transport, quota, budget, links } = means;
  const apiUrl = addressOf(api, addresses.api_url);
  const authorization = authorizationFor(access, apiUrl, addresses, means);
  if (api === 'graph') {
    const client = new MicrosoftClient(apiUrl, { transport, authorization, quota, budget });
    const lookup = new ServicePrincipalLookup(apiUrl, { transport, authorization });
    return new ExplainedGraphSource(lookup, apiUrl, client, guidance, organization, links);
  }
  const client = new MicrosoftClient(apiUrl, { transport, authorization, budget });
  return new ReportingWebServiceSource(apiUrl, client, guidance, links);
}

/**
 * Says of a refusal for want of Microsoft's own service principal which of its two reasons it is, where that can be
 * looked up.
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
