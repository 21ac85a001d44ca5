import { draw, mix, pick, pickWeighted, type Weighted } from '../../random.js';

/** What is drawn for a message or a row: one number each, so that the draws are independent of one another. */
export const trait = {
  received: 1,
  recipients: 2,
  sameInstant: 3,
  late: 4,
  lateness: 5,
  changing: 6,
  change: 7,
  firstStatus: 8,
  finalStatus: 9,
  direction: 10,
  sender: 11,
  recipient: 12,
  recipientDomain: 13,
  subject: 14,
  subjectText: 15,
  subjectNumber: 16,
  messageId: 17,
  messageIdText: 18,
  fromIp: 19,
  toIp: 20,
  ipNumber: 21,
  size: 22,
  sizeDifference: 23,
  fraction: 24,
  traceId: 25,
} as const;

/**
 * The GUID that Exchange gives to a message. Its first eight digits are a bijection of the message's number, its last
 * eight one of the stream's number, so no two messages of a world can share one.
 */
export function traceIdOf(stream: { readonly key: number; readonly number: number }, message: number): string {
  const middle = draw(stream.key, message, trait.traceId);
  const more = digits(mix(middle ^ stream.key), 8);
  const group = digits(middle, 8);
  const unique = digits(mix(stream.number ^ 0x5eed), 8);
  return `${digits(mix(message ^ 0x7ace), 8)}-${group.slice(0, 4)}-4${group.slice(5)}-${more.slice(0, 4)}-${more.slice(4)}${unique}`;
}

function digits(number: number, length: number): string {
  return number.toString(16).padStart(length, '0');
}

const firstNames = ['anna', 'bilal', 'chloe', 'dmitri', 'elena', 'farid', 'grace', 'hugo', 'ines', 'jonas'] as const;
const lastNames = ['keller', 'moreau', 'okafor', 'rossi', 'svensson', 'tanaka', 'weber'] as const;
const outsideDomains = [
  'contoso.example',
  'fabrikam.example',
  'mail.partner.example',
  'newsletter.example',
  'xn--bcher-kva.example',
] as const;

/** How many people there are: more than any message has recipients, so that a message never names one twice. */
export const population = 20_000;

/** The address of a person; two people's addresses differ in more than upper and lower case. */
export function addressOf(person: number, domain: string): string {
  const first = pick(firstNames, person);
  const last = pick(lastNames, person);
  switch (person % 25) {
    case 3:
      return `${first}.o'${last}${person}@${domain}`;
    case 7:
      return `${capitalised(first)}.${last.toUpperCase()}${person}@${capitalised(domain)}`;
    case 11:
      return `${first}${person}+alerts@${domain}`;
    default:
      return `${first}.${last}${person}@${domain}`;
  }
}

export function outsideDomain(drawn: number): string {
  return pick(outsideDomains, drawn);
}

function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

type Make = (number: number) => string | null;

/** Addresses from the blocks that are set aside for documentation (RFC 5737 and RFC 3849). */
const outside: Weighted<Make> = [
  [(number) => `2001:db8:${hex(number >>> 16)}::${hex(number & 0xffff)}`, 0.2],
  [() => null, 0.05],
  [(number) => `192.0.2.${number & 0xff}`, 0.3],
  [(number) => `198.51.100.${number & 0xff}`, 0.2],
  [(number) => `203.0.113.${number & 0xff}`, 1],
];

/** An IPv4 or IPv6 address, sometimes none. `at` in [0, 1) chooses the kind, `number` (32 bits) the address. */
export function outsideIp(at: number, number: number): string | null {
  return pickWeighted(outside, at)(number);
}

function hex(number: number): string {
  return number.toString(16);
}

const usual = [
  'Minutes of the meeting',
  'Invoice',
  'Your order has been shipped',
  'RE: Offer',
  'FW: Travel plans',
  'Weekly report',
  'Password expires soon',
  'Accepted: Review',
  'Réunion du comité',
  'Angebot für die Prüfung',
] as const;

/** What breaks collectors that cut, join or escape text by hand. */
const awkward = [
  '🎉 Félicitations 👩‍👩‍👧 !',
  'שלום, איך אתה?',
  'مرحبا بالعالم',
  '\u202Egpj.exe invoice',
  '発注書の件',
  'He said "yes", then \'no\'',
  'line one\r\nline two\n\tindented',
  'C:\\temp\\new\\report "final"',
  '<script>alert("subject")</script>',
  '</script><!-- & &amp; ]]>',
  '{"d":{"results":[]}}',
  'a\u2028b\u2029c\u0007',
  '%27 or 1 eq 1 %00 + &$skiptoken=0',
  'ﬀ ǅ ı İ ß',
  ' ',
  `long ${'x'.repeat(990)}`,
] as const;

export function usualSubject(drawn: number, number: number): string {
  return `${pick(usual, drawn)} #${number}`;
}

export function awkwardSubject(drawn: number): string {
  return pick(awkward, drawn);
}
