import { validateHeaderValue } from 'node:http';
import { tokenFaults, appServicePath } from '@local/testbed';
import { authorizationFor } from '../../../src/sekoia/authorization-for.js';
import type { Access } from '../../../src/sekoia/access.js';
import { accountByToken, application as applicationAdvice, managedIdentity } from '../../../src/sekoia/guidance.js';
import { ServicePrincipalLookup } from '../../../src/microsoft/sign-in/service-principal.js';
import type { Transport } from '../../../src/microsoft/http/transport.js';
import { account, application } from '../../support/sign-in-scenarios.js';
import { Finding, type Input, type OpenTarget } from '../engine/target.js';
import { expectKnown } from '../oracles/texts.js';
import { SECRETS } from '../oracles/secrets.js';
import { Responses, CannedTransport } from './canned.js';
import { capture, RecordingTransport, withTenant } from './captured.js';
import { Listening } from './listening.js';
import { KNOWN } from './pages.js';

export type Who = 'application' | 'account' | 'managed-identity';

const AUTHORITY = 'https://login.example';
/** Of the global cloud: the tenant knows no other. */
const GRAPH = 'https://graph.microsoft.com/v1.0';
/** A variable of the environment tells where the endpoint of App Service is. */
const ENDPOINT = 'http://127.0.0.1:9/msi/token';

function accessOf(who: Who, secrets: { accountName: string; accountPassword: string; clientSecret: string }): Access {
  const { tenantId: tenant, clientId } = application;
  const organization = undefined;
  if (who === 'managed-identity')
    return {
      api: 'graph',
      credentials: { kind: 'managed', clientId: undefined },
      organization,
      guidance: managedIdentity.graph,
    };
  const { accountName, accountPassword, clientSecret } = secrets;
  const identity = who === 'account' ? { accountName, accountPassword } : { clientSecret };
  const guidance = who === 'account' ? accountByToken.graph : applicationAdvice.graph;
  return { api: 'graph', credentials: { kind: 'token', tenant, clientId, identity }, organization, guidance };
}

function authorizationOf(
  access: Access,
  transport: Transport,
  authority: string,
  { hide, warn }: { readonly hide: Listening['hide']; readonly warn: (sentence: string) => void },
) {
  const means = { transport, directTransport: transport, hide, warn, now: () => performance.now(), dateMs: Date.now };
  return authorizationFor(access, GRAPH, { authorityUrl: authority }, means);
}

/** Answers of Entra ID, or of Azure's endpoint on a machine, to who signs in. */
export async function openSignIn(who: Who): Promise<OpenTarget> {
  process.env['IDENTITY_ENDPOINT'] = ENDPOINT;
  process.env['IDENTITY_HEADER'] = SECRETS.identityHeader;
  return {
    seeds: await captured(who),
    isRepeatable: () => true,
    run: (input) => run(who, input),
    close: () => {
      delete process.env['IDENTITY_ENDPOINT'];
      delete process.env['IDENTITY_HEADER'];
      return Promise.resolve();
    },
  };
}

function captured(who: Who): Promise<Input[]> {
  return withTenant(async (simulator) => {
    const right = { ...account, clientSecret: application.clientSecret };
    process.env['IDENTITY_ENDPOINT'] = `${simulator.origin}${appServicePath}`;
    simulator.tokenService.options.identityHeader = SECRETS.identityHeader;
    const read = async (): Promise<Input> => {
      const transport = new RecordingTransport(simulator.origin, AUTHORITY);
      const silent = { hide: () => () => undefined, warn: () => undefined };
      const authorization = authorizationOf(accessOf(who, right), transport, simulator.authorityUrl, silent);
      await authorization.header(new AbortController().signal).catch(() => undefined);
      return transport.parts;
    };
    try {
      return await capture(simulator.tokenService, tokenFaults, read);
    } finally {
      process.env['IDENTITY_ENDPOINT'] = ENDPOINT;
    }
  });
}

async function run(who: Who, input: Input): Promise<void> {
  const listening = new Listening();
  const warn = (sentence: string) => listening.log.warning(sentence);
  const transport = new CannedTransport(new Responses(input));
  const authorization = authorizationOf(accessOf(who, SECRETS), transport, AUTHORITY, { hide: listening.hide, warn });
  const { signal } = new AbortController();
  try {
    const header = await authorization.header(signal);
    expectUsable(header);
    // Once more, as after a refusal of the token.
    authorization.discard(header);
    expectUsable(await authorization.header(signal));
    await new ServicePrincipalLookup(GRAPH, { transport, authorization }).explained(new Error('x'), signal);
  } catch (error) {
    if (error instanceof Finding) throw error;
    expectKnown(error, KNOWN);
    listening.hear(error);
  }
  listening.expectGoodTexts(input);
}

function expectUsable(header: string): void {
  validateHeaderValue('Authorization', header);
  if (!/^Bearer [\x21-\x7e]+$/.test(header)) throw new Finding('state', 'there is no token that can be sent');
}
