import type { ClientCertificate } from '../microsoft/client-certificate.js';
import type { Api } from '../microsoft/clouds.js';
import type { TokenFileName } from '../microsoft/token-file.js';
import type { Guidance } from '../sources/refusals.js';

/** What proves who signs in to Entra ID. */
export type Proof =
  | { readonly clientSecret: string }
  | { readonly clientCertificate: ClientCertificate }
  | { readonly federatedToken: TokenFileName }
  | { readonly accountName: string; readonly accountPassword: string };

/**
 * HTTP Basic, a token of Entra ID, or one of Azure for what the module runs in. Plain data: a hash of it tells whether
 * it has changed.
 */
type Credentials =
  | { readonly kind: 'basic'; readonly accountName: string; readonly accountPassword: string }
  | { readonly kind: 'token'; readonly tenant: string; readonly clientId: string; readonly identity: Proof }
  | { readonly kind: 'managed'; readonly clientId: string | undefined };

/** How the settings of a trigger say to get at the message traces of a tenant. */
export interface Access {
  readonly api: Api;
  readonly credentials: Credentials;
  /** The tenant's domain, where the settings tell it. */
  readonly organization: string | undefined;
  readonly guidance: Guidance;
  /** Where Entra ID is, where the environment says so and the settings do not. */
  readonly authorityUrl?: string | undefined;
}
