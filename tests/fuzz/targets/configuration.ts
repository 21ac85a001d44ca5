import { Values } from '../../../packages/automation-sdk-shim/src/configuration/values.js';
import { CardError, ConfigurationError } from '../../../packages/automation-sdk-shim/src/errors.js';
import { readPlatform } from '../../../packages/automation-sdk-shim/src/module/platform.js';
import { readSettingsOfItem } from '../../../packages/automation-sdk-shim/src/module/settings-of-item.js';
import { readCards } from '../../../packages/automation-sdk-shim/src/configuration/cards.js';
import { checkProxies, proxyFor } from '../../../packages/automation-sdk-shim/src/http/proxies.js';
import { batchAddress } from '../../../packages/automation-sdk-shim/src/module/connector.js';
import { selfSignedCertificate } from '@local/testbed';
import { application } from '../../support/sign-in-scenarios.js';
import { type Input, type OpenTarget, textPart } from '../engine/target.js';
import { expectKnown } from '../oracles/texts.js';
import { SECRETS } from '../oracles/secrets.js';
import { Listening } from './listening.js';
import { checkSettings, schemasOf } from './platform.js';

const ROOT = new URL('../../../', import.meta.url);
const PROXY = `http://user:${encodeURIComponent(SECRETS.proxyPassword)}@proxy.example:3128`;

const SETTINGS = {
  intake_key: SECRETS.intakeKey,
  intake_server: 'https://intake.example',
  chunk_size: '1000',
  frequency: 60,
  start_time: '1',
  late_window: 1440,
  compress: 'true',
};
const ACCOUNT = { ...SETTINGS, account_name: SECRETS.accountName, account_password: SECRETS.accountPassword };
const APPLICATION = { ...SETTINGS, tenant_id: application.tenantId, client_id: application.clientId };

/** Values that the platform and the environment give: files, variables, settings, addresses of proxies. */
export function openConfiguration(): Promise<OpenTarget> {
  const { certificate, privateKey } = selfSignedCertificate('Message trace', 'rsa');
  const schemas = schemasOf();
  const cards = readCards(ROOT);
  return Promise.resolve<OpenTarget>({
    seeds: [
      environment(ACCOUNT),
      environment({ ...APPLICATION, client_secret: SECRETS.clientSecret }),
      environment({ ...APPLICATION, client_certificate: certificate + privateKey }),
      environment({ ...APPLICATION, credential: 'federated_token', federated_token_file: '/var/run/token' }),
      environment({ ...APPLICATION, credential: 'managed_identity', api: 'reporting_web_service' }),
      [
        {
          name: 'CONNECTOR_CONFIGURATION',
          bytes: Buffer.from(Buffer.from(JSON.stringify(ACCOUNT)).toString('base64')),
        },
      ],
    ],
    isRepeatable: () => true,
    run: (input) => {
      run(input, cards, schemas);
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  });
}

function environment(settings: object): Input {
  return [
    textPart('CONNECTOR_CONFIGURATION', JSON.stringify(settings)),
    textPart('URL_CALLBACK', 'https://sekoia.example/api/callback'),
    textPart('INTAKE_URL', 'https://intake.example'),
    textPart('HTTPS_PROXY', PROXY),
    textPart('NO_PROXY', 'localhost,10.0.0.0/8,.example.org,[::1]:8080'),
    textPart('METRICS_PORT', '8010'),
  ];
}

/**
 * No value of the environment can hold a NUL. Linux allows each of them 128 KiB; what can also be a file may be larger.
 */
function asEnvironment(input: Input): Input {
  return input.map(({ name, bytes }) => {
    const text = bytes.toString('utf8').replaceAll('\u0000', '');
    return textPart(name, name.endsWith('_PROXY') ? text.slice(0, 131_072) : text);
  });
}

function run(given: Input, cards: ReturnType<typeof readCards>, schemas: ReturnType<typeof schemasOf>): void {
  const input = asEnvironment(given);
  const listening = new Listening();
  const hide = (_name: string, secret: string) => void listening.hide(secret);
  const env = Object.fromEntries(input.map(({ name, bytes }) => [name, bytes.toString('utf8')]));
  const values = new Values({ ...env, SYMPHONY_VOLUME: '/nowhere' });
  const attempt = (action: () => unknown) => {
    try {
      action();
    } catch (error) {
      expectKnown(error, [ConfigurationError, CardError]);
      listening.hear(error);
    }
  };
  attempt(() => readPlatform(values));
  attempt(() => checkProxies(env, hide));
  attempt(() => proxyFor({ scheme: 'https', host: 'graph.microsoft.com', port: 443 }, env));
  attempt(() => values.port('metrics_port', 8010, (text) => listening.log.warning(text)));
  for (const command of ['message_trace', 'message_trace_graph']) {
    attempt(() => {
      const { raw } = readSettingsOfItem(values, cards, command, hide);
      const server = raw['intake_server'];
      attempt(() =>
        batchAddress({
          given: typeof server === 'string' ? server : undefined,
          platform: values.text('intake_url'),
          fallback: undefined,
        }),
      );
      checkSettings(raw, {}, schemas, hide);
    });
  }
  listening.expectGoodTexts(input);
}
