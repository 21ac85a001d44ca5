import { OutOfReachError, RangeRefusedError, SettingsError, UnavailableError } from '../../errors.js';
import type { Answer } from '../../microsoft/http.js';
import { errorText } from '../../microsoft/json.js';

const dayMs = 86_400_000;

const signInAdvice =
  'Check account_name and account_password, and that the account has the Reports reader role and may read message traces; ' +
  'the Azure sign-in logs, filtered by the account, tell why it was refused. ' +
  'If your tenant has HTTP Basic switched off, or Microsoft has retired the Reporting Web Service for it, no password will help: message trace is on Microsoft Graph then.';
const retiredAdvice =
  'Check api_url. If it is right, Microsoft has retired the Reporting Web Service for your tenant, and message trace is on Microsoft Graph.';

/**
 * What an answer that is not a page of rows means, as an error whose class says what to do next; undefined for one that may be a page.
 * @param isFirstPage later pages are reached by links of the service's own making, which may be dead
 */
export function refusalOf(answer: Answer, isFirstPage: boolean): Error | undefined {
  const { status, body, location } = answer;
  if (status === 401 || status === 403) {
    return new SettingsError(
      `The Reporting Web Service refused the account (HTTP ${status}: ${errorText(body)}). ${signInAdvice}`,
    );
  }
  if (isSignIn(answer)) {
    return new SettingsError(`The Reporting Web Service sent us to a sign-in page. ${signInAdvice}`);
  }
  if (status >= 300 && status < 400) {
    return new SettingsError(
      `The Reporting Web Service redirects to ${location ?? 'no address'}, where the account's name and password are not sent. Check api_url.`,
    );
  }
  if (!isFirstPage && [400, 404, 410].includes(status)) {
    return new RangeRefusedError(
      `The Reporting Web Service gave a link to a page that it does not know (HTTP ${status}).`,
    );
  }
  if (status === 404 || status === 410) {
    return new SettingsError(`There is no message trace at this address (HTTP ${status}). ${retiredAdvice}`);
  }
  if (status === 400) {
    const text = errorText(body);
    const days = historyDays(text);
    return days === undefined
      ? new RangeRefusedError(`The Reporting Web Service refused the query (HTTP 400: ${text}).`)
      : new OutOfReachError(`The Reporting Web Service keeps ${days} days (${text}).`, days * dayMs);
  }
  if (status < 200 || status > 299) {
    return new UnavailableError(`The Reporting Web Service answered HTTP ${status} (${errorText(body)}).`);
  }
  return undefined;
}

/** What the service shows where HTTP Basic is off: a redirect to Microsoft's sign-in, or its page. Other HTML is some proxy's, and passes. */
function isSignIn({ body, location = '' }: Answer): boolean {
  return signInHosts.test(location) || (/^\s*<(!doctype html|html)/i.test(body) && signInHosts.test(body));
}

const signInHosts = /login\.(microsoftonline|partner\.microsoftonline|live|windows)\.|Sign in to your account/i;

/** `… can't be older than 30 days …` → 30. */
function historyDays(text: string): number | undefined {
  const days = Number(
    /older than (?:the )?(?:last |past )?(\d{1,3}) days?/i.exec(text)?.[1] ??
      /(?:last|past|within) (\d{1,3}) days?/i.exec(text)?.[1],
  );
  return days >= 1 ? days : undefined;
}
