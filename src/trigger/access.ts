import type { Api } from '../microsoft/clouds.js';
import type { Identity } from '../microsoft/entra-id.js';
import type { Advice } from '../sources/refusals.js';

/** HTTP Basic, or a token of Entra ID. */
type Credentials =
  | { readonly kind: 'basic'; readonly accountName: string; readonly accountPassword: string }
  | { readonly kind: 'token'; readonly tenant: string; readonly clientId: string; readonly identity: Identity };

/** How the settings of a trigger say to get at the message traces of a tenant. */
export interface Access {
  readonly api: Api;
  readonly credentials: Credentials;
  /** The tenant's domain, where the settings tell it. */
  readonly organization: string | undefined;
  readonly advice: Advice;
}
