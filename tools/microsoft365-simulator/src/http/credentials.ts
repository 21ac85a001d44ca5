/** A person's account, for HTTP Basic. */
export interface Account {
  readonly accountName: string;
  readonly accountPassword: string;
}

export type Credentials = 'right' | 'wrong' | 'missing';

/** Checks an Authorization header: HTTP Basic, UTF-8; the name in any case, the password exactly. */
export function checkBasic(header: string | undefined, account: Account): Credentials {
  if (header === undefined) return 'missing';
  const encoded = /^basic +([a-z0-9+/]+=*) *$/i.exec(header)?.[1];
  if (encoded === undefined) return 'wrong';
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  const [name, password] = [text.slice(0, Math.max(0, colon)), text.slice(colon + 1)];
  const right = name.toLowerCase() === account.accountName.toLowerCase() && password === account.accountPassword;
  return right ? 'right' : 'wrong';
}
