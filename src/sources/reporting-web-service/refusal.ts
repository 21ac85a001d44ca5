import type { Answer } from '../../microsoft/transport.js';
import { refusalBy, type Advice } from '../refusals.js';

/** What an answer that is not a page of rows means; undefined for one that may be a page. See `refusalBy`. */
export function refusalOf(answer: Answer, isFirstPage: boolean, advice: Advice): Error | undefined {
  return refusalBy('The Reporting Web Service', answer, isFirstPage, advice);
}
