import { Finding, type Input } from '../engine/target.js';

/**
 * What must never leave the process. Long runs without special characters, so that a part can be told from other text.
 */
export const SECRETS = {
  accountName: 'svc-trace@example.corp',
  accountPassword: 'Vq7RkT2mXw <b>Lp9ZdH4sNc</b>  Jb6&amp;GyU3fEoA"1Ki',
  clientSecret: 'hW8~QnC5vDzRt.Ym2XjK7pBs_Lg4aFuE',
  intakeKey: 'r9Tz4HqLw7XnBv2KcM8dYpGs',
  token: 'Zk3PvWq8LmXr5TnB-9HcYd2_JsGf7KbRt4NwQxVzMpD',
  proxyPassword: 'Ue6MtRz9KfWq+Px3%LbHn8VdCy',
  identityHeader: 'F4B2A9C7D1E84F60B3A5968712CDE0F9',
} as const;

/** The ways in which something that echoes a request writes a secret. The first is the secret itself. */
function spellingsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const base64 = bytes.toString('base64');
  const inJson = JSON.stringify(secret).slice(1, -1);
  const inHtml = secret
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
  return [
    secret,
    base64,
    base64.replace(/=+$/, ''),
    bytes.toString('base64url'),
    base64.replace(/.{20}(?=.)/g, '$&\r\n'),
    encodeURIComponent(secret),
    new URLSearchParams([['', secret]]).toString().slice(1),
    inJson,
    JSON.stringify(inJson).slice(1, -1),
    inHtml,
    JSON.stringify(inHtml).slice(1, -1),
  ];
}

/** The Basic credential, as a request carries it. */
export const BASIC = Buffer.from(`${SECRETS.accountName}:${SECRETS.accountPassword}`).toString('base64');
/** What stands in the headers and bodies of the requests: `Basic …`, `Bearer …`, a form. */
const WHOLE: readonly string[] = [
  ...Object.entries(SECRETS).flatMap(([name, secret]) => (name === 'accountName' ? [] : spellingsOf(secret))),
  ...[BASIC, BASIC.replace(/.{20}(?=.)/g, '$&\n')],
];

/** What a server may echo. */
export const ECHOES: readonly string[] = [...new Set(WHOLE)];

/** So many characters of a secret in a row are a part of it that helps to guess the rest. */
const TELLING = 8;

const pieces = new Map<string, string>();
for (const spelling of [...ECHOES].reverse()) {
  for (let at = 0; at + TELLING <= spelling.length; at += 1) pieces.set(spelling.slice(at, at + TELLING), spelling);
}
const longestFirst = [...ECHOES].sort((one, other) => other.length - one.length);

/**
 * Checks texts that leave the process. Only whole secrets can be known by value: where the input itself has a part of
 * one that is no whole one, nothing is concluded.
 * @throws Finding
 */
export function expectNoSecret(input: Input, said: readonly string[]): void {
  const shown = said.map((text) => ({ text, piece: pieceIn(text) })).find(({ piece }) => piece !== undefined);
  if (shown?.piece === undefined) return;
  for (const { bytes } of input) {
    let rest = bytes.toString('utf8');
    for (const spelling of longestFirst) rest = rest.replaceAll(spelling, '\u0000');
    if (pieceIn(rest) !== undefined) return;
  }
  const spelling = pieces.get(shown.piece) ?? '';
  throw new Finding(
    'secret',
    `A text that leaves the process has ${shown.piece.length} and more characters of a secret: ${shown.text.slice(0, 400)}`,
    `as ${kindOf(spelling)}`,
  );
}

/** In whose hands a secret takes this form: one finding for each is enough. */
function kindOf(spelling: string): string {
  if (/[\r\n]/.test(spelling)) return 'wrapped base64';
  if (/&(?:lt|amp|quot);/.test(spelling)) return 'HTML';
  return Object.values(SECRETS).some((secret) => secret === spelling) ? 'itself' : 'another spelling';
}

function pieceIn(text: string): string | undefined {
  for (let at = 0; at + TELLING <= text.length; at += 1) {
    const piece = text.slice(at, at + TELLING);
    if (pieces.has(piece)) return piece;
  }
  return undefined;
}
