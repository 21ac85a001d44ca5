import type { Source } from '../collector/contracts.js';
import type { Authorization } from '../microsoft/authorization.js';
import { BasicAuthorization } from '../microsoft/basic-authorization.js';
import { BearerAuthorization } from '../microsoft/bearer-authorization.js';
import { MicrosoftClient } from '../microsoft/client.js';
import { addressOf, scopeOf } from '../microsoft/clouds.js';
import { requestToken } from '../microsoft/entra-id.js';
import type { Quota } from '../microsoft/quota.js';
import type { Transport } from '../microsoft/transport.js';
import type { LinkMonitor } from '../sources/dead-link.js';
import { GraphSource } from '../sources/graph/source.js';
import { ReportingWebServiceSource } from '../sources/reporting-web-service/source.js';
import type { Access } from './access.js';

export interface Addresses {
  readonly api_url: string;
  readonly authority_url: string;
  /** Derived from the API's address where it is absent. */
  readonly token_scope?: string;
}

export interface Means {
  readonly transport: Transport;
  /** Of Microsoft Graph. */
  readonly quota: Quota;
  readonly links?: LinkMonitor;
  /** Keeps a secret out of everything that is said, until the function that it returns is called. */
  readonly hide: (secret: string) => () => void;
  /** Milliseconds since any instant; never set back. */
  readonly now: () => number;
}

/** The source that an access leads to. */
export function sourceFor(access: Access, addresses: Addresses, means: Means): Source {
  const { api, advice, organization } = access;
  const { transport, quota, links } = means;
  const apiUrl = addressOf(api, addresses.api_url);
  const authorization = authorizationFor(access, apiUrl, addresses, means);
  if (api === 'graph') {
    const client = new MicrosoftClient(apiUrl, { transport, authorization, quota });
    return new GraphSource(apiUrl, client, advice, organization, links);
  }
  const client = new MicrosoftClient(apiUrl, { transport, authorization });
  return new ReportingWebServiceSource(apiUrl, client, advice, links);
}

function authorizationFor(
  { api, credentials }: Access,
  apiUrl: string,
  { authority_url: authorityUrl, token_scope }: Addresses,
  { transport, hide, now }: Means,
): Authorization {
  if (credentials.kind === 'basic') {
    const basic = new BasicAuthorization(credentials.accountName, credentials.accountPassword);
    hide(basic.value);
    return basic;
  }
  const signIn = { ...credentials, authorityUrl, scope: token_scope ?? scopeOf(api, apiUrl) };
  return new BearerAuthorization({
    requestToken: (signal) => requestToken(signIn, transport, signal),
    now,
    hide,
  });
}
