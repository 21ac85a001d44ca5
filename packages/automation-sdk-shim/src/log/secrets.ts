import { Redactor } from './scrubber.js';

/**
 * The secrets of this process. There is one list of them: a foreign text can quote any of them, whoever asked for it,
 * and code that quotes a text cannot forget to bring the list along.
 */
export const SECRETS = new Redactor();

/** Fields of requests and answers of a token service that prove who somebody is. */
const TOKEN_FIELDS = [
  ...['access_token', 'refresh_token', 'id_token', 'client_secret', 'client_assertion', 'assertion', 'password'],
  ...['user_assertion', 'code', 'device_code'],
];

/** Notes the credential of a request before it is sent: whoever answers can echo it. */
export function noteCredential(authorization: string | undefined): void {
  if (authorization !== undefined) SECRETS.addPassing(authorization.replace(/^\S+ /, ''));
}

/** Notes the secrets among the fields of a request or an answer of a token service. */
export function noteTokenFields(fields: Iterable<readonly [name: string, value: unknown]>): void {
  for (const [name, value] of fields)
    if (TOKEN_FIELDS.includes(name) && typeof value === 'string') SECRETS.addPassing(value);
}
