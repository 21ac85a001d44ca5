import type { TimeRange, TraceRecord } from '../../model/ports.js';
import type { Guidance } from '../classify-response.js';
import type { MicrosoftClient } from '../http/client.js';
import { pageReader } from '../paging/page-reader.js';
import { headers, rangeUrl } from './query.js';
import { parsePage } from './row.js';
import { httpErrorOf } from './source.js';

/**
 * The newest row of a range: one request for one row, to find out whether rows can be read at all.
 * @throws like the source, at the first failure
 */
export async function newestRow(
  apiUrl: string,
  range: TimeRange,
  { client, guidance }: { readonly client: MicrosoftClient; readonly guidance: Guidance },
  signal: AbortSignal,
): Promise<TraceRecord | undefined> {
  const read = pageReader({
    client,
    headers,
    httpErrorOf: (response, isFirst) => httpErrorOf(response, isFirst, guidance),
    parsePage: (response) => parsePage(response, { range, organization: undefined }),
    signal,
    tries: 1,
  });
  const { records } = await read(rangeUrl(apiUrl, range, { rows: 1 }), true);
  return records[0];
}
