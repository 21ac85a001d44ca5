import type { JsonValue } from '../json.js';
import type { MicrosoftClient, Question } from '../microsoft/client.js';
import { parseJson } from '../microsoft/json.js';
import type { Response } from '../microsoft/transport.js';
import type { LinkedPage, PageWalk } from './page-walk.js';

/** How an API is asked for its pages, and what its answers mean. */
export interface PageReading extends Pick<Question<LinkedPage>, 'headers' | 'onRetry' | 'tries'> {
  readonly client: MicrosoftClient;
  readonly signal: AbortSignal;
  /** What an answer that is not a page of rows means; undefined for one that may be a page. */
  readonly httpErrorOf: (response: Response, isFirstPage: boolean) => Error | undefined;
  readonly parsePage: (response: JsonValue) => LinkedPage;
}

/** The `read` of a walk: makes a page of each answer, or throws what the answer means instead. */
export function pageReader({ client, signal, httpErrorOf, parsePage, ...asked }: PageReading): PageWalk['read'] {
  return (url, isFirst, tries) => {
    const parse = (response: Response): LinkedPage => {
      const httpError = httpErrorOf(response, isFirst);
      if (httpError !== undefined) throw httpError;
      return { ...parsePage(parseJson(response.body, response.host)), answeredAtMs: response.dateMs };
    };
    const fewer = tries === undefined ? {} : { tries: Math.min(tries, asked.tries ?? Infinity) };
    return client.get({ ...asked, ...fewer, url, parse }, signal);
  };
}
