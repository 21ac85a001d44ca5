import type { JsonValue } from '../model/json.js';
import type { TraceRecord } from '../model/record.js';
import type { Enrichment } from './enrichment.js';

/** One field of an event. Events are made from a table of them, and docs/events.md, too. */
export interface EventField {
  /** In the Elastic Common Schema, or of Sekoia.io's documentation of the integration (`office365.*`). */
  readonly name: string;
  /** Elasticsearch's type. `[]`: several. */
  readonly type: 'date' | 'keyword' | 'keyword[]' | 'ip' | 'ip[]' | 'long';
  /** The properties of the row that it is made of, by API. Absent where the API has none. */
  readonly graph?: string;
  readonly reportingWebService?: string;
  /** The version of the module that first had it. */
  readonly since: string;
  /** Only `event_format: enriched` has it. */
  readonly enriched?: true;
  readonly meaning: string;
  /** Undefined and empty texts leave the field out. */
  readonly value: (record: TraceRecord, enrichment: Enrichment) => JsonValue | undefined;
}
