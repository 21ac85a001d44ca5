import { SettingsError } from '../../errors.js';
import type { Answer } from '../../microsoft/transport.js';
import { refusalBy, type Advice } from '../refusals.js';

/** What an answer that is not a page of rows means; undefined for one that may be a page. See `refusalBy`. */
export function refusalOf(answer: Answer, isFirstPage: boolean, advice: Advice): Error | undefined {
  if (isSignIn(answer))
    return new SettingsError(`The Reporting Web Service sent us to a sign-in page. ${advice.refused}`);
  return refusalBy('The Reporting Web Service', answer, isFirstPage, advice);
}

/** What the service shows where HTTP Basic is off: a redirect to Microsoft's sign-in, or its page. Other HTML is some proxy's, and passes. */
function isSignIn({ status, body, location = '' }: Answer): boolean {
  if (status >= 400) return false;
  return signInHosts.test(location) || (/^\s*<(!doctype html|html)/i.test(body) && signInHosts.test(body));
}

const signInHosts = /login\.(microsoftonline|partner\.microsoftonline|live|windows)\.|Sign in to your account/i;
