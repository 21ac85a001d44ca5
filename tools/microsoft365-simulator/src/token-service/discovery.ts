import { jsonResponse, type Response } from '../http/messages.js';

/** The OpenID Connect document of a tenant; every address in it leads to the origin that the client used itself. */
export function openidConfiguration(origin: string, tenant: string, tenantId: string): Response {
  const base = `${origin}/${tenant}`;
  return jsonResponse(200, {
    token_endpoint: `${base}/oauth2/v2.0/token`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt'],
    jwks_uri: `${base}/discovery/v2.0/keys`,
    response_modes_supported: ['query', 'fragment', 'form_post'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    issuer: `${origin}/${tenantId}/v2.0`,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    end_session_endpoint: `${base}/oauth2/v2.0/logout`,
    tenant_region_scope: 'EU',
    cloud_instance_name: 'microsoftonline.com',
    cloud_graph_host_name: 'graph.windows.net',
    msgraph_host: 'graph.microsoft.com',
    rbac_url: 'https://pas.windows.net',
  });
}

/** Says that this host is an authority of its own, under no other name. */
export function instanceDiscovery(url: URL): Response {
  const asked = url.searchParams.get('authorization_endpoint') ?? '';
  const tenant = URL.canParse(asked) ? new URL(asked).pathname.split('/')[1] : 'common';
  return jsonResponse(200, {
    tenant_discovery_endpoint: `${url.origin}/${tenant ?? 'common'}/v2.0/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: [{ preferred_network: url.host, preferred_cache: url.host, aliases: [url.host] }],
  });
}
