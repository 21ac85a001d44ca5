import type { IncomingMessage } from 'node:http';
import { jsonResponse, type Response } from '../http/messages.js';
import type { TokenServiceOptions } from './options.js';
import { findResource, type Resource } from './issued-tokens.js';

/** Where App Service and Container Apps have their endpoint; IDENTITY_ENDPOINT is the origin with this. */
export const appServicePath = '/msi/token';
/** Where a virtual machine has its own; AZURE_POD_IDENTITY_AUTHORITY_HOST is the origin. */
export const instanceMetadataPath = '/metadata/identity/oauth2/token';

/**
 * Whether a path is that of an endpoint. The library ends the machine's with a slash where the environment names the
 * host.
 */
export function isIdentityPath(path: string): boolean {
  return path === appServicePath || path.replace(/\/$/, '') === instanceMetadataPath;
}

export interface IdentityGrant {
  readonly resource: Resource;
  readonly clientId: string;
}

/** Why no token is given, as the endpoints word it. */
export interface IdentityError {
  readonly httpError: Response;
}

/** Decides whether Azure gives a managed identity's token to who asks from within the machine. */
export function decideIdentity(
  request: IncomingMessage,
  url: URL,
  options: TokenServiceOptions,
): IdentityGrant | IdentityError {
  const refuse = url.pathname === appServicePath ? refuseAsAppService : refuseAsMachine;
  if (request.method !== 'GET') return refuse(405, 'The method is not allowed.');
  if (url.pathname === appServicePath) {
    if (request.headers['x-identity-header'] !== options.identityHeader) return refuse(401, 'Unauthorized');
  } else if (request.headers['metadata'] !== 'true') {
    return refuse(400, 'Required metadata header not specified');
  }
  const resource = findResource(url.searchParams.get('resource') ?? '');
  if (resource === undefined) return refuse(400, 'AADSTS500011: The resource principal was not found in the tenant.');
  const asked = url.searchParams.get('client_id');
  const { managedIdentities } = options;
  const identity = managedIdentities.find(({ clientId, kind }) =>
    asked === null ? kind === 'system-assigned' : clientId.toLowerCase() === asked.toLowerCase(),
  );
  if (identity !== undefined) return { resource, clientId: identity.clientId };
  return url.pathname === appServicePath
    ? refuse(400, 'No managed identity was found for specified ClientId/ResourceId/PrincipalId.')
    : refuse(400, 'Identity not found');
}

/** As reported by users of App Service. */
function refuseAsAppService(status: number, message: string): IdentityError {
  return { httpError: jsonResponse(status, { statusCode: status, message }) };
}

/** As documented for the instance metadata service. */
function refuseAsMachine(status: number, description: string): IdentityError {
  return { httpError: jsonResponse(status, { error: 'invalid_request', error_description: description }) };
}
