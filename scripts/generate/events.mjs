import { readFile } from 'node:fs/promises';
import { eventFields } from '../../dist/src/message-trace/fields.js';
import { banner, code, table } from './markdown.mjs';

const fixture = (path) => readFile(new URL(`../../tests/fixtures/events/${path}`, import.meta.url), 'utf8');

const properties = (names) => names?.split(', ').map(code).join(', ') ?? '';

/** What an event holds under a dotted name. */
const valueAt = (event, name) => name.split('.').reduce((group, part) => group?.[part], event);

function fieldTable(example) {
  const rows = eventFields.map(({ name, type, graph, reportingWebService, since, meaning }) => [
    code(name),
    type,
    properties(graph),
    properties(reportingWebService),
    since,
    meaning,
    code(JSON.stringify(valueAt(example, name))),
  ]);
  return table(['field', 'type', 'Graph', 'Reporting Web Service', 'since', 'meaning', 'example'], rows);
}

const block = (json) => `\`\`\`json\n${json.trim()}\n\`\`\``;

/** docs/events.md */
export async function eventsReference() {
  const graph = await fixture('graph/golden.message_trace_graph_api.json');
  const reportingWebService = await fixture('reporting-web-service/golden.message_trace.json');
  return `${banner('src/message-trace/fields.ts')}

# Events

One event per row and status. It holds normalized fields of the
[Elastic Common Schema](https://www.elastic.co/guide/en/ecs/current/index.html) and, beside them, the raw row's own
properties, which the parser of the intake reads. With \`event_format: raw\` it holds the raw row alone.

- A field without a value is absent: never null, never empty.
- When the status of a row changes, a new event is sent. It has another \`event.id\`.
- A repeat has the same \`event.id\`, so you can remove it downstream.
- An event larger than 250,000 bytes gets a shorter subject, and \`event.reason\` says so.
- \`intake_format\` converts the raw row when it comes from the other API.

## Fields

${fieldTable(JSON.parse(graph))}

## Example: Microsoft Graph

${block(graph)}

## Example: Reporting Web Service

${block(reportingWebService)}
`;
}
