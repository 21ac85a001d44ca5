import { BadQueryError } from '../service/bad-query-error.js';

/** A token as the real service makes them: nothing that a client could count on with. */
export function skiptokenFor(offset: number): string {
  return Buffer.from(`row ${offset}`).toString('base64url');
}

/** The offset that a token stands for. Throws BadQueryError where it was not made here. */
export function readSkiptoken(token: string): number {
  const offset = /^row (\d{1,15})$/.exec(Buffer.from(token, 'base64url').toString('utf8'))?.[1];
  if (offset === undefined) throw new BadQueryError('The $skiptoken is not valid.');
  return Number(offset);
}
