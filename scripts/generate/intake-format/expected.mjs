import { DERIVED_FIELDS, RAW_FIELDS } from './raw-fields.mjs';
import { intakeName, isListed } from './parser.mjs';

/** As Sekoia.io writes times and lists. */
function intakeValue(field, value) {
  if (field.type === 'date') return value.replace('.000000Z', 'Z');
  if (isListed(field)) return [value];
  return value;
}

/** Keys in the order of Sekoia's linter: `event` first, the others by name. */
function sorted(document) {
  const { event, ...others } = document;
  const byName = Object.entries(others).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries([...(event === undefined ? [] : [['event', event]]), ...byName].map(sortedEntry));
}

const sortedEntry = ([name, value]) => [
  name,
  Array.isArray(value) || typeof value !== 'object' ? value : sorted(value),
];

const valueAt = (group, name) => name.split('.').reduce((inner, part) => inner?.[part], group);

function set(document, name, value) {
  const parts = name.split('.');
  const last = parts.pop();
  parts.reduce((inner, part) => (inner[part] ??= {}), document)[last] = value;
}

/** Whether an event of the format has the field, with the module's own intake format. */
function hasField({ name, enriched }, eventFormat, api) {
  if (eventFormat === 'raw') return RAW_FIELDS[name]?.[api] !== undefined;
  return eventFormat === 'enriched' || enriched !== true;
}

/**
 * The document that the intake makes of an event, from the table of fields alone: nothing here looks at the parser.
 * @param enrichment what the enriched fields are made of
 */
export function expectedDocument({ api, record }, enrichment, eventFields, eventFormat) {
  const document = {};
  for (const field of eventFields) {
    if (!hasField(field, eventFormat, api)) continue;
    const value = field.value(record, enrichment);
    if (value !== undefined && value !== '') set(document, intakeName(field), intakeValue(field, value));
  }
  for (const end of ['source', 'destination']) {
    const { address, domain } = document[end] ?? {};
    if (address === undefined && domain !== undefined) document[end].address = domain;
  }
  for (const [name, sources] of Object.entries(DERIVED_FIELDS)) {
    const derived = sources.map((source) => valueAt(document, source)).filter((value) => value !== undefined);
    const together = [...new Set([...(valueAt(document, name) ?? []), ...derived])].sort();
    if (together.length > 0) set(document, name, together);
  }
  return sorted(document);
}
