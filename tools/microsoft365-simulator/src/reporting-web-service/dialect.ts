import type { Response } from '../http/answer.js';
import type { TracePage } from './trace-page.js';

export type DialectName = 'odata-2' | 'odata-3';

/** How the answers of the service are worded. */
export interface Dialect {
  /** `serviceUrl` is the service's base, without a slash at its end; `link` names the next page. */
  page(page: TracePage, serviceUrl: string, link: string | null): Response;
  error(status: number, text: string): Response;
}
