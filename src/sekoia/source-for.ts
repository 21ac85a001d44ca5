import type { LinkMonitor } from '../microsoft/paging/detours.js';
import { addressOf } from '../microsoft/clouds.js';
import { GraphSource } from '../microsoft/graph/source.js';
import { MicrosoftClient } from '../microsoft/http/client.js';
import type { Quota } from '../microsoft/http/quota.js';
import type { RequestBudget } from '../microsoft/http/request-budget.js';
import { ReportingWebServiceSource } from '../microsoft/reporting-web-service.js';
import { ServicePrincipalLookup } from '../microsoft/sign-in/service-principal.js';
import type { Source } from '../model/ports.js';
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

/** The source that an access leads to. */
export function sourceFor(access: Access, addresses: Addresses, means: Means): Source {
  const { api, guidance, organization } = access;
  const { transport, quota, budget, links } = means;
  const apiUrl = addressOf(api, addresses.apiUrl);
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
