/** What Microsoft Graph tells of the way of a message to one recipient, in events that administrators saw. */
import { jsonResponse, type Response } from '../http/messages.js';
import type { MailRow } from '../world/mail-row.js';

/** A value of the XML in `data`: its name, the type's name, and the value. */
type Member = readonly [name: string, type: 'String' | 'Integer' | 'Long' | 'Blob', value: string];

interface Step {
  readonly afterSeconds: number;
  readonly event: string;
  readonly action?: string;
  readonly description: string;
  readonly members: readonly Member[];
}

const path =
  /^\/v1\.0\/admin\/exchange\/tracing\/messagetraces\/([^/]+)\/getdetailsbyrecipient\(recipientaddress=(.+)\)$/i;

/** The message and the recipient that a path asks about; undefined where it asks about something else. */
export function readDetailsPath(pathname: string): { traceId: string; recipient: string } | undefined {
  const [, traceId, literal] = path.exec(pathname) ?? [];
  if (traceId === undefined || literal === undefined) return undefined;
  const [, text] = /^'((?:[^']|'')*)'$/.exec(decodeURIComponent(literal)) ?? [];
  return text === undefined
    ? undefined
    : { traceId: decodeURIComponent(traceId), recipient: text.replaceAll("''", "'") };
}

/** `recipients`: how many the sender addressed. No row: no such message or recipient, which is an empty answer. */
export function detailsWording(row: MailRow | undefined, recipients: number, origin: string): Response {
  const steps = row === undefined ? [] : stepsOf(row, recipients);
  return jsonResponse(200, {
    '@odata.context': `${origin}/v1.0/$metadata#Collection(microsoft.graph.exchangeMessageTraceDetail)`,
    value: steps.map(({ afterSeconds, event, action = '', description, members }) => ({
      id: row?.traceId,
      messageId: row?.messageId,
      dateTime: new Date((row?.receivedMs ?? 0) + afterSeconds * 1000).toISOString(),
      event,
      action,
      description,
      data: xmlOf(members),
    })),
  });
}

const server: Member = ['ServerHostName', 'String', 'EXCH02.example.corp'];

function stepsOf(row: MailRow, recipients: number): readonly Step[] {
  const { fromIp } = row;
  const count: Member = ['RcptCount', 'Integer', String(recipients)];
  const received: Step = {
    afterSeconds: 0,
    event: 'Receive',
    description: 'Message received by: EXCH01.example.corp',
    members: [
      ['ConnectorId', 'String', 'EXCH01\\Default EXCH01'],
      ...(fromIp === null ? [] : [['ClientIP', 'String', fromIp] as const, count]),
      ['CustomData', 'Blob', 'S:tlsversion=SP_PROT_TLS1_3_SERVER;S:tlscipher=CALG_AES_256'],
      ['SequenceNumber', 'Long', '0'],
    ],
  };
  const submitted: Step = {
    afterSeconds: 1,
    event: 'Submit',
    description: 'The message was submitted.',
    members: [count, server],
  };
  // A message that came by SMTP was not submitted from a mailbox.
  return [received, ...(fromIp === null ? [submitted] : []), ...endOf(row)];
}

/** Of two steps at the same second, the service gives the later first. */
function endOf(row: MailRow): readonly Step[] {
  switch (row.status) {
    case 'Delivered':
      return row.toIp === null ? [delivered(2, 'The message was successfully delivered.')] : [sent(row, 2)];
    case 'Resolved':
      return [
        {
          afterSeconds: 1,
          event: 'Resolve',
          description: 'The recipient was changed to another address.',
          members: [],
        },
      ];
    case 'Expanded':
      return [
        {
          afterSeconds: 1,
          event: 'Drop',
          description: reason('250 2.1.5 RESOLVER.GRP.Expanded; distribution list expanded'),
          members: [],
        },
        {
          afterSeconds: 1,
          event: 'Expand DL',
          description:
            'The message was sent to a distribution list (DL) that was expanded to the recipients of the DL.',
          members: [['RcptCount', 'Integer', '4']],
        },
      ];
    case 'Failed':
      return row.toIp === null ? failedHere(row) : failedThere(row, row.toIp);
    case 'Pending':
      return [
        {
          afterSeconds: 130,
          event: 'Defer',
          description: reason(
            '450 4.4.317 Cannot connect to remote server [Message=SocketError: TimedOut] [LastAttemptedIP=192.0.2.10:25]',
            { fqdn: 'mx.partner.example', ip: '192.0.2.10' },
          ),
          members: [server],
        },
      ];
    case 'Quarantined':
      return [
        spam(5, 8, 'Quarantine'),
        delivered(6, 'The message was successfully delivered to the folder: DefaultFolderType:QuarantinedEmailSecured'),
      ];
    case 'FilteredAsSpam':
      return [
        spam(4, 6, ''),
        delivered(5, 'The message was successfully delivered to the folder: DefaultFolderType:JunkEmail'),
      ];
    case 'GettingStatus':
    case 'None':
      return [];
  }
}

function delivered(afterSeconds: number, description: string): Step {
  return { afterSeconds, event: 'Deliver', description, members: [['MailboxServer', 'String', 'MBX01.example.corp']] };
}

function sent({ toIp }: MailRow, afterSeconds: number): Step {
  const description = `Message sent to mx.partner.example at ${toIp ?? ''} using TLS1.2`;
  return { afterSeconds, event: 'Send external', description, members: [server] };
}

function spam(afterSeconds: number, level: number, action: string): Step {
  return {
    afterSeconds,
    event: 'Spam',
    action,
    description: `Spam confidence level: ${level}`,
    members: [
      ['SCL', 'Integer', String(level)],
      ['SFV', 'String', 'SPM'],
    ],
  };
}

function failedHere({ recipient }: MailRow): readonly Step[] {
  if (recipient.length % 2 === 0) {
    return [
      {
        afterSeconds: 2,
        event: 'Fail',
        description: reason('550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup'),
        members: [server],
      },
    ];
  }
  return [
    {
      afterSeconds: 2,
      event: 'Fail',
      description: reason('550 5.7.171 Delivery not authorized, message refused'),
      members: [server, ['SourceContext', 'String', 'DLP Policy Agent']],
    },
    {
      afterSeconds: 2,
      event: 'DLP rule',
      action: 'BA',
      description: `DLP rule: 'Block credit cards', ID: ('f43f7263-2730-4217-aea6-e7a68a7951ec').`,
      members: [['RcptCount', 'Integer', '1']],
    },
  ];
}

function failedThere(row: MailRow, ip: string): readonly Step[] {
  const error = `550 5.1.1 <${row.recipient}>: Recipient address rejected: User unknown in virtual mailbox table`;
  return [
    sent(row, 2),
    {
      afterSeconds: 3,
      event: 'Fail',
      description: reason(error, { message: '550 5.1.1 User unknown', fqdn: 'mx.partner.example', ip }),
      members: [server, ['IsSmtpResponseFromExternalServer', 'String', 'True']],
    },
  ];
}

/** The last error, the remote server's own message, its name and address, and when it is tried next. */
function reason(
  error: string,
  { message = '', fqdn = '', ip = '' }: { message?: string; fqdn?: string; ip?: string } = {},
): string {
  return `Reason: [{LED=${error}};{MSG=${message}};{FQDN=${fqdn}};{IP=${ip}};{LRT=}]`;
}

function xmlOf(members: readonly Member[]): string {
  const elements = members.map(([name, type, value]) => `<MEP Name="${name}" ${type}="${escaped(value)}"/>`);
  return `<root>${elements.join('')}</root>`;
}

function escaped(text: string): string {
  const references: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, (character) => references[character] ?? character);
}
