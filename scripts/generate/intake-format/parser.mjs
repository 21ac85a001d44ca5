import { EVENT, GRAPH_PROPERTIES, RAW_FIELDS } from './raw-fields.mjs';

/**
 * Fields that have another name in the intake: Sekoia.io gives each event an `event.id` of its own, whatever a parser
 * sets.
 */
const OTHER_NAMES = new Map([['event.id', 'office365.message_trace.event_id']]);

/** Not of the row, so not in the table: why an event is not as it came (event-text.ts). */
const REASON = { name: 'event.reason', type: 'keyword' };

/** Sekoia.io's taxonomy has them as lists; the event has one of each. */
const LISTS = new Set(['email.from.address', 'email.to.address']);

export const intakeName = (field) => OTHER_NAMES.get(field.name) ?? field.name;
export const isListed = ({ name, type }) => LISTS.has(name) && !type.endsWith('[]');

const isNormalized = `${EVENT}.event is defined`;
const isGraph = GRAPH_PROPERTIES.map((property) => `${EVENT}.${property} is defined`).join(' or ');
const isGraphRow = `not (${isNormalized}) and (${isGraph})`;
const isReportingRow = `not (${isNormalized}) and not (${isGraph})`;

/** What Exchange Online can have received; programs write other times where they know none. */
const YEARS = ['1990', '2099'];

/** `/Date(1658751973240)/`, or with a zone, which does not count: `/Date(1658751973240+0200)/` */
function ticksStage(name, property) {
  const ticks = `${EVENT}.${property}[6:].split(")")[0].split("+")[0].split("-")[0] | int`;
  const [from, to] = [Date.parse(YEARS[0]), Date.parse('2100')];
  return {
    name,
    filter: `${EVENT}.${property} is string and ${from} <= ${ticks} < ${to}`,
    input: `{{(${ticks}) / 1000}}`,
    format: 'timestamp',
  };
}

function isoStage(name, property) {
  const text = `${EVENT}.${property}`;
  const isInRange = `"${YEARS[0]}" <= ${text}[:4] <= "${YEARS[1]}"`;
  return { name, filter: `${text} is string and ${isInRange}`, input: `{{${text}}}` };
}

const dateStages = [
  ticksStage('reporting_received', 'Received'),
  ticksStage('reporting_start', 'StartDate'),
  ticksStage('reporting_end', 'EndDate'),
  isoStage('graph_received', 'receivedDateTime'),
];

const quoted = (value) => JSON.stringify(value);
const isName = (part) => /^[a-z_]\w*$/i.test(part);

/** `json_event.message.email.subject` */
const pathOf = (name) =>
  name.split('.').reduce((path, part) => path + (isName(part) ? `.${part}` : `["${part}"]`), EVENT);

function dateStage({ name, filter, input, format }) {
  return [
    `  - name: ${name}`,
    `    filter: ${quoted(`{{${filter}}}`)}`,
    '    external:',
    '      name: date.parse',
    '      properties:',
    `        input_field: ${quoted(input)}`,
    '        output_field: date',
    ...(format === undefined ? [] : [`        format: ${format}`]),
  ];
}

/** Fields with a condition need an action of their own. Fields that are made of others come last. */
function stage(name, settings) {
  const line = ({ field, value }) =>
    `          ${isName(field.replaceAll('.', '')) ? field : quoted(field)}: ${quoted(value)}`;
  const action = (fields, when) => [
    '      - set:',
    ...fields.map(line),
    ...(when === undefined ? [] : [`        filter: ${quoted(`{{${when}}}`)}`]),
    '',
  ];
  const isMadeOfOthers = ({ value }) => value.includes('{{final') || value.includes(' final.');
  const plain = settings.filter(({ when }) => when === undefined);
  const groups = [plain.filter((one) => !isMadeOfOthers(one)), plain.filter(isMadeOfOthers)];
  const [first, last] = groups.map((fields) => (fields.length === 0 ? [] : action(fields)));
  const conditional = settings.filter(({ when }) => when !== undefined);
  const lines = [first, ...conditional.map((one) => action([one], one.when)), last].flat();
  return [`  ${name}:`, '    actions:', ...lines];
}

function normalizedSetting(field) {
  const path = pathOf(field.name);
  const name = intakeName(field);
  if (isListed(field)) return { field: name, value: [`{{${path}}}`], when: `${path} | length > 0` };
  return { field: name, value: `{{${path}}}` };
}

function rawSettings(eventFields, api) {
  return eventFields.flatMap((field) => {
    const recipe = RAW_FIELDS[field.name]?.[api];
    return recipe === undefined ? [] : [{ field: intakeName(field), ...recipe }];
  });
}

/** ingest/parser.yml, not yet as Prettier writes it. */
export function parser(eventFields) {
  return [
    '# Generated from src/message-trace/fields.ts by `npm run generate`. Do not edit.',
    '#',
    '# An event has normalized fields or is the raw row of one of two APIs. Each form has a stage of its own.',
    'name: message-trace',
    'pipeline:',
    '  - name: json_event',
    '    external:',
    '      name: json.parse-json',
    '      properties:',
    '        input_field: "{{original.message}}"',
    '        output_field: message',
    '',
    '  - name: normalized_event',
    `    filter: ${quoted(`{{${isNormalized}}}`)}`,
    ...dateStages.flatMap((one) => ['', ...dateStage(one)]),
    '',
    '  - name: reporting_web_service_row',
    `    filter: ${quoted(`{{${isReportingRow}}}`)}`,
    '',
    '  - name: graph_row',
    `    filter: ${quoted(`{{${isGraphRow}}}`)}`,
    '',
    'stages:',
    ...stage('normalized_event', [...eventFields, REASON].map(normalizedSetting)),
    ...stage('reporting_web_service_row', rawSettings(eventFields, 'reportingWebService')),
    ...stage('graph_row', rawSettings(eventFields, 'graph')),
  ].join('\n');
}

const CUSTOM = /^office365\./;
const TYPES = { date: 'date', keyword: 'keyword', 'keyword[]': 'array', ip: 'ip', 'ip[]': 'array', long: 'long' };

/** _meta/fields.yml: what the Elastic Common Schema does not have. */
export function taxonomy(eventFields) {
  const custom = eventFields
    .map((field) => ({ name: intakeName(field), type: TYPES[field.type] ?? field.type, meaning: field.meaning }))
    .filter(({ name }) => CUSTOM.test(name))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  const entries = custom.map(({ name, type, meaning }) =>
    [`${name}:`, `  description: ${quoted(meaning)}`, `  name: ${name}`, `  type: ${type}`].join('\n'),
  );
  return `# Generated from src/message-trace/fields.ts by \`npm run generate\`. Do not edit.\n\n${entries.join('\n\n')}\n`;
}
