import { pick } from '../random.js';

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
