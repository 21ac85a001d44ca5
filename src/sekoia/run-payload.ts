/** What a playbook gets: the event of `send_event`, and its schema in the trigger's card. */
import { rowResult, ROW_PROPERTIES, type RowResult } from '../search/results.js';
import type { JsonObject, JsonValue } from '../model/json.js';
import type { DeliveredRow } from '../model/ports.js';

/** Characters of one text: a subject can be of any length. */
const MAX_TEXT = 1_000;
/** Reasons that the name of a run lists. */
const MAX_REASONS_NAMED = 3;
const MAX_REASON_NAMED = 60;

const text = (description: string) => ({ type: 'string', description });

/** The row as the actions show it, and why it starts a run. */
const RUN_ROW_PROPERTIES = {
  reason: text('The entry of the setting run_playbook_on that the row fits, the first where there are several.'),
  previous_status: text('The status that was seen before. Only where the status has changed.'),
  ...ROW_PROPERTIES,
};

/** The results of the trigger's card: a JSON schema of draft 7. */
export const RUN_SCHEMA = {
  title: 'Message Trace Run',
  type: 'object',
  properties: {
    run_id: text('Names the run. A run that is sent a second time, after a crash, has the same.'),
    count: { type: 'integer', minimum: 1, description: 'How many rows the run carries.' },
    rows: {
      type: 'array',
      minItems: 1,
      description: 'The rows: one for each message and recipient, those that were found first come first.',
      items: { type: 'object', properties: RUN_ROW_PROPERTIES, required: ['reason'] },
    },
  },
  required: ['run_id', 'count', 'rows'],
} as const;

type RunRow = RowResult & { readonly reason: string; readonly previous_status: string | undefined };

/** A row of the payload. What is not known is left out. */
export function runRow(
  { record, previousStatus }: Pick<DeliveredRow, 'record' | 'previousStatus'>,
  reason: string,
): JsonObject {
  const row: RunRow = { reason, previous_status: previousStatus, ...rowResult(record) };
  const known = Object.entries(row).filter((entry): entry is [string, string | number] => entry[1] !== undefined);
  return Object.fromEntries(known.map(([name, value]) => [name, typeof value === 'string' ? clipped(value) : value]));
}

export function runEvent(runId: string, rows: readonly JsonObject[]): JsonObject {
  return { run_id: runId, count: rows.length, rows: [...rows] };
}

/** What people see in the list of runs: `Message trace: 3 messages (quarantined, failed)`. */
export function runName(rows: readonly JsonObject[]): string {
  const reasons = [...new Set(rows.map(({ reason }) => shortened(reason)))];
  const named = reasons.slice(0, MAX_REASONS_NAMED).join(', ');
  const more = reasons.length > MAX_REASONS_NAMED ? ' and others' : '';
  return `Message trace: ${rows.length} ${rows.length === 1 ? 'message' : 'messages'} (${named}${more})`;
}

function shortened(reason: JsonValue | undefined): string {
  const characters = Array.from(typeof reason === 'string' ? reason : '');
  return characters.length <= MAX_REASON_NAMED
    ? characters.join('')
    : `${characters.slice(0, MAX_REASON_NAMED - 1).join('')}…`;
}

/** Strict parsers refuse halves of characters. */
function clipped(value: string): string {
  return value.slice(0, MAX_TEXT).toWellFormed();
}
