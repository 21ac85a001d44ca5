import type { MailRow } from '@local/testbed';
import { domain, organization, type SignInScenario } from './sign-in-scenarios.js';

type JsonFields = Readonly<Record<string, unknown>>;

/** The domains of the simulated tenant and of those who write to it, as they were registered. */
const registrations: Readonly<Record<string, string>> = {
  'example.corp': 'example.corp',
  'contoso.example': 'contoso.example',
  'fabrikam.example': 'fabrikam.example',
  'mail.partner.example': 'partner.example',
  'newsletter.example': 'newsletter.example',
  'xn--bcher-kva.example': 'xn--bcher-kva.example',
};
const ours = [domain, organization];

interface User {
  readonly email: string;
  readonly name: string;
  readonly domain: string;
}

interface Reading {
  readonly signInScenario: SignInScenario;
  readonly fromIp: string | null;
}

/**
 * What an enriched event has beyond a normalized one, by group: a second reading of the mapping, from the tenant's row.
 * How late a row is, only the run knows: it is taken over after it has been checked.
 */
export function expectedEnrichment(row: MailRow, event: JsonFields, { signInScenario, fromIp }: Reading) {
  const sender = row.sender === '<>' ? undefined : userOf(row.sender);
  const recipient = userOf(row.recipient);
  const fromUs = sender === undefined ? fromIp === null : ours.includes(sender.domain);
  const toUs = ours.includes(recipient.domain);
  const direction = fromUs ? (toUs ? 'internal' : 'outbound') : toUs ? 'inbound' : 'external';
  const own = { internal: sender, outbound: sender, inbound: recipient, external: undefined }[direction];
  const users = [...new Set([sender?.email, recipient.email])].filter((email) => email !== undefined);
  const hosts = [...new Set([sender?.domain, recipient.domain])].filter((name) => name !== undefined);
  const isGraph = signInScenario.api === 'graph';
  const isApplication = signInScenario.dockerParameters === 'message_trace_graph';
  const tenant = isApplication ? '3f6b2c1e-8d47-4b5a-9c20-7e1f5a9d4c36' : domain;
  const { late_by_seconds: late } = (event['office365'] as { message_trace: JsonFields }).message_trace;
  const mayBeLate = Number.isInteger(late) && (late as number) >= 0 && (late as number) <= 3600;
  return {
    event: {
      dataset: 'office365.message_trace',
      provider: isGraph ? 'microsoft_graph' : 'reporting_web_service',
      reference: page(row, recipient.email) + (isApplication ? `&tid=${tenant}` : ''),
    },
    messageTrace: late === undefined ? {} : { late_by_seconds: mayBeLate ? late : 'at most the hour of the test' },
    email: { direction },
    source: sender === undefined ? {} : endOf(sender),
    destination: endOf(recipient),
    related: { user: users, hosts },
    groups: {
      network: { direction },
      ...(own !== undefined && { user: own }),
      observer: { vendor: 'Microsoft', product: 'Exchange Online' },
      cloud: { account: { id: tenant } },
    },
  };
}

function userOf(address: string): User {
  const email = address.toLowerCase();
  const [name = '', of = ''] = email.split('@');
  return { email, name, domain: of };
}

function endOf(user: User): object {
  return { domain: user.domain, registered_domain: registrations[user.domain], user };
}

function page({ traceId, receivedMs }: MailRow, recipient: string): string {
  const time = new Date(receivedMs).toISOString();
  const address = recipient.replace('@', '%40').replace('+', '%2B');
  return `https://security.microsoft.com/emailentityV2?id=${traceId}&recipient=${address}&startTime=${time}&endTime=${time}`;
}
