import type { Simulator } from '../../src/index.js';

export const graphScope = 'https://graph.microsoft.com/.default';
export const exchangeScope = 'https://outlook.office365.com/.default';

export interface TokenResponse {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: {
    readonly access_token?: string;
    readonly expires_in?: number;
    readonly error?: string;
    readonly error_description?: string;
    readonly error_codes?: readonly number[];
    readonly suberror?: string;
    readonly scope?: string;
    readonly id_token?: string;
    readonly client_info?: string;
  };
}

export function tokenUrl(simulator: Simulator, tenant = simulator.tokenService.options.tenantId): string {
  return `${simulator.authorityUrl}/${tenant}/oauth2/v2.0/token`;
}

export async function askToken(url: string, form: Record<string, string>): Promise<TokenResponse> {
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams(form) });
  const body = (await response.json()) as TokenResponse['body'];
  return { status: response.status, retryAfter: response.headers.get('retry-after'), body };
}

export function secretForm({ tokenService: { options } }: Simulator, scope = graphScope): Record<string, string> {
  const { clientId, clientSecret } = options;
  return { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret, scope };
}

export function passwordForm({ server, tokenService }: Simulator, scope = graphScope): Record<string, string> {
  const { accountName, accountPassword } = server.options;
  const { clientId } = tokenService.options;
  return { grant_type: 'password', client_id: clientId, scope, username: accountName, password: accountPassword };
}

/** The header with a token for the application. */
export async function bearer(simulator: Simulator, scope = graphScope): Promise<{ authorization: string }> {
  const { body } = await askToken(tokenUrl(simulator), secretForm(simulator, scope));
  if (body.access_token === undefined) throw new Error(body.error_description);
  return { authorization: `Bearer ${body.access_token}` };
}
