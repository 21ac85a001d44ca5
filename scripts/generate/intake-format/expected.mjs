import { DERIVED_FIELDS, RAW_FIELDS } from './raw-fields.mjs';
import { intakeName, isListed } from './parser.mjs';

/** Whether the intake's document has a field, of a raw row of an API, or of an event with normalized fields. */
export const hasField = ({ name }, rawApi) =>
  rawApi === undefined || DERIVED_FIELDS.has(name) || RAW_FIELDS[name]?.[rawApi] !== undefined;

/** As Sekoia.io writes times and lists. */
function intakeValue(field, value) {
  if (field.type === 'date') return value.replace('.000000Z', 'Z');
  if (isListed(field)) return [value];
  return field.name.startsWith('related.') ? [...value].sort() : value;
}

/** Keys in the order of Sekoia's linter: `event` first, the others by name. */
function sorted(document) {
  const { event, ...others } = document;
  const byName = Object.entries(others).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries([...(event === undefined ? [] : [['event', event]]), ...byName].map(sortedEntry));
}

const sortedEntry = ([name, value]) => [name, Array.isArray(value) || typeof value !== 'object' ? value : sorted(value)];

/**
 * The document that the intake makes of an event, from the table of fields alone: nothing here looks at the parser.
 * @param rawApi the API whose raw row the event is; undefined for an event with normalized fields
 */
export function expectedDocument(record, eventFields, rawApi) {
  const document = {};
  for (const field of eventFields) {
    if (!hasField(field, rawApi)) continue;
    const value = field.value(record);
    if (value === undefined || value === '') continue;
    const parts = intakeName(field).split('.');
    const last = parts.pop();
    const group = parts.reduce((inner, part) => (inner[part] ??= {}), document);
    group[last] = intakeValue(field, value);
  }
  return sorted(document);
}
