import type { Response } from '../../microsoft/transport.js';
import { httpErrorBy, type Guidance } from '../refusals.js';

/** What an answer that is not a page of rows means; undefined for one that may be a page. See `refusalBy`. */
export function httpErrorOf(response: Response, isFirstPage: boolean, guidance: Guidance): Error | undefined {
  return httpErrorBy('The Reporting Web Service', response, isFirstPage, guidance);
}
