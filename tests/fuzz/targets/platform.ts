import { Callback } from '../../../packages/automation-sdk-shim/src/module/platform.js';
import { readCards, type Schema } from '../../../packages/automation-sdk-shim/src/configuration/cards.js';
import { fetchSecrets, SecretsError } from '../../../packages/automation-sdk-shim/src/configuration/module-secrets.js';
import { CardError, ConfigurationError, SendEventError } from '../../../packages/automation-sdk-shim/src/errors.js';
import { NetworkError } from '../../../packages/automation-sdk-shim/src/http/network-error.js';
import { settingsOfItem } from '../../../packages/automation-sdk-shim/src/module/settings-of-item.js';
import { accountOptions, applicationOptions } from '../../../src/settings/options.js';
import type { MessageTraceConfiguration, MessageTraceGraphConfiguration } from '../../../src/settings/values.js';
import { accessByAccount } from '../../../src/sekoia/access-by-account.js';
import { accessByApplication } from '../../../src/sekoia/access-by-application.js';
import { MessageTraceGraphTrigger, MessageTraceTrigger } from '../../../src/sekoia/triggers.js';
import { application } from '../../support/sign-in-scenarios.js';
import type { Input, OpenTarget } from '../engine/target.js';
import { expectKnown } from '../oracles/texts.js';
import { SECRETS } from '../oracles/secrets.js';
import { Responses, CannedHttp, wireResponse } from './canned.js';
import { SkippedWaits } from './fast-timers.js';
import { Listening } from './listening.js';

const ROOT = new URL('../../../', import.meta.url);
const SETTINGS = {
  intake_key: SECRETS.intakeKey,
  account_name: SECRETS.accountName,
  account_password: '*****',
  tenant_id: application.tenantId,
  client_id: application.clientId,
  client_secret: '*****',
};

/**
 * Answers of the platform: to who asks for secrets, which are then checked as settings, and to what is sent to the
 * callback.
 */
export function openPlatform(): Promise<OpenTarget> {
  const waits = new SkippedWaits();
  const schemas = schemasOf();
  return Promise.resolve<OpenTarget>({
    seeds: [
      [wireResponse(200, JSON.stringify({ value: {}, node_value: secretsOf() }))],
      [wireResponse(200, JSON.stringify({ value: { a: 1 }, node_value: null }))],
      [wireResponse(200, JSON.stringify({ node_value: { client_secret: '•••••', account_password: 7 } }))],
      ...[401, 403, 404, 429, 500, 503].map((status) => [wireResponse(status, '{"message":"no"}')]),
      [wireResponse(302, '', { Location: 'https://sekoia.example/' })],
    ],
    isRepeatable: () => true,
    run: (input) => run(input, schemas),
    close: () => {
      waits.restore();
      return Promise.resolve();
    },
  });
}

function secretsOf() {
  return { account_password: SECRETS.accountPassword, client_secret: SECRETS.clientSecret };
}

interface Schemas {
  readonly account: Schema;
  readonly application: Schema;
}

export function schemasOf(): Schemas {
  const { connectors } = readCards(ROOT);
  const of = (command: string) =>
    connectors.find(({ dockerParameters }) => dockerParameters === command)?.arguments ?? {};
  return { account: of('message_trace'), application: of('message_trace_graph') };
}

async function run(input: Input, schemas: Schemas): Promise<void> {
  const listening = new Listening();
  const hide = (_name: string, secret: string) => void listening.hide(secret);
  const http = new CannedHttp(() => responses.next());
  const responses = new Responses(input);
  const { signal } = new AbortController();
  const url = 'https://sekoia.example/secrets';
  const request = { url, token: SECRETS.token, http, signal, tries: 3, responseMs: 1_000, needsModuleSecrets: false };
  try {
    const { node } = await fetchSecrets(request);
    listening.health.degraded('The settings are checked.');
    checkSettings(SETTINGS, node, schemas, hide);
  } catch (error) {
    expectKnown(error, [SecretsError, NetworkError, ConfigurationError, CardError]);
    listening.hear(error);
  }
  try {
    await new Callback({ url: 'https://sekoia.example/callback', token: SECRETS.token, http, secondMs: 0 }).send(
      'POST',
      '{}',
      signal,
    );
  } catch (error) {
    expectKnown(error, [SendEventError]);
    listening.hear(error);
  }
  listening.expectGoodTexts(input);
}

/** Both triggers' settings, as far as to what proves who they are. @throws ConfigurationError, CardError */
export function checkSettings(
  raw: Readonly<Record<string, unknown>>,
  secrets: Readonly<Record<string, unknown>>,
  schemas: Schemas,
  hide: (name: string, secret: string) => void,
): void {
  const problems: Error[] = [];
  const attempt = (action: () => void) => {
    try {
      action();
    } catch (error) {
      problems.push(error as Error);
    }
  };
  attempt(() => {
    const settings = settingsOfItem({ raw, schema: schemas.account }, secrets, hide, MessageTraceTrigger);
    accessByAccount(accountOptions(settings.values as unknown as MessageTraceConfiguration));
  });
  attempt(() => {
    const settings = settingsOfItem({ raw, schema: schemas.application }, secrets, hide, MessageTraceGraphTrigger);
    accessByApplication(applicationOptions(settings.values as unknown as MessageTraceGraphConfiguration));
  });
  const unknown = problems.find((error) => !(error instanceof ConfigurationError));
  if (unknown !== undefined) throw unknown;
  if (problems[0] !== undefined) throw problems[0];
}
