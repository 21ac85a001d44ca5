import { defaultServiceOptions, type ServiceOptions } from '../service/service-options.js';
import { allPermissions } from './resources.js';

/** The tenant as its administrator has set it up, and how its token service behaves. */
export interface TokenServiceOptions extends ServiceOptions {
  /** The tenant's GUID; requests may also name one of its domains. */
  tenantId: string;
  /** The application that is registered in the tenant. */
  clientId: string;
  clientSecret: string;
  /** The application's certificates, PEM. */
  certificates: readonly string[];
  /** Whether the application may sign accounts in without a secret of its own. */
  publicClientFlows: boolean;
  /** What an administrator has consented to, for the application and for accounts that use it. */
  permissions: readonly string[];
  tokenLifetimeSeconds: number;
  /** As many wrong passwords in a row lock the account, */
  lockoutAttempts: number;
  /** for as long as that. */
  lockoutSeconds: number;
}

export const defaultOptions: Readonly<TokenServiceOptions> = {
  ...defaultServiceOptions,
  tenantId: '3f6b2c1e-8d47-4b5a-9c20-7e1f5a9d4c36',
  clientId: 'a4c81d92-5b3e-4f67-8a19-2d6c0b7e5f14',
  clientSecret: 'demo~cl1ent.Secret',
  certificates: [],
  publicClientFlows: true,
  permissions: allPermissions,
  tokenLifetimeSeconds: 3_599,
  lockoutAttempts: 10,
  lockoutSeconds: 60,
};
