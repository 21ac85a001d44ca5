import { readFile } from 'node:fs/promises';
import { eventFields } from '../../dist/src/message-trace/fields.js';
import { DERIVED_FIELDS, RAW_FIELDS } from './intake-format/raw-fields.mjs';
import { banner, code, table } from './markdown.mjs';

const fixture = (path) => readFile(new URL(`../../tests/fixtures/events/${path}`, import.meta.url), 'utf8');

const properties = (names) => names?.split(', ').map(code).join(', ') ?? '';

/** What an event holds under a dotted name. */
const valueAt = (event, name) => name.split('.').reduce((group, part) => group?.[part], event);

const isEnriched = ({ enriched }) => enriched === true;

/** Whether the parser of the module's own format has the field of a raw row. */
function ofRawRow(name) {
  // Of the names of users, only a part of it.
  if (name in DERIVED_FIELDS) return name === 'related.user' ? 'in part' : 'yes';
  const { graph, reportingWebService } = RAW_FIELDS[name] ?? {};
  if (graph !== undefined && reportingWebService !== undefined) return 'yes';
  return reportingWebService === undefined ? 'no' : 'not Graph';
}

/** @param examples events of which the first that has a field shows it */
function fieldTable(fields, ...examples) {
  const rows = fields.map(({ name, type, graph, reportingWebService, since, meaning }) => [
    code(name),
    type,
    properties(graph),
    properties(reportingWebService),
    since,
    ofRawRow(name),
    meaning,
    code(
      JSON.stringify(
        examples.map((example) => valueAt(JSON.parse(example), name)).find((value) => value !== undefined),
      ),
    ),
  ]);
  return table(
    ['field', 'type', 'Graph', 'Reporting Web Service', 'since', 'of a raw row', 'meaning', 'example'],
    rows,
  );
}

const block = (json) => `\`\`\`json\n${json.trim()}\n\`\`\``;

/** docs/events.md */
export async function eventsReference() {
  const graph = await fixture('graph/golden.message_trace_graph_api.json');
  const reportingWebService = await fixture('reporting-web-service/golden.message_trace.json');
  const enrichedGraph = await fixture('graph/golden.enriched.json');
  const enrichedReportingWebService = await fixture('reporting-web-service/golden.enriched.json');
  return `${banner('src/message-trace/fields.ts and enriched-fields.ts')}

# Events

One event per row and status. It holds normalized fields of the
[Elastic Common Schema](https://www.elastic.co/guide/en/ecs/current/index.html) and, beside them, the raw row's own
properties, which the parser of the intake reads.

| \`event_format\` | raw row | fields | enriched fields |
| --- | --- | --- | --- |
| \`normalized\` (default) | yes | yes | |
| \`enriched\` | yes | yes | yes |
| \`raw\` | yes | | |

- A field without a value is absent: never null, never empty.
- When the status of a row changes, a new event is sent. It has another \`event.id\`.
- A repeat has the same \`event.id\`, so you can remove it downstream.
- An event larger than 250,000 bytes gets a shorter subject, and \`event.reason\` says so.
- \`intake_format\` converts the raw row when it comes from the other API. \`own\` leaves it as it came, for the
  [module's own intake format](intake-format.md). The column "of a raw row" says what that format makes of a raw row alone.

## Fields

${fieldTable(
  eventFields.filter((field) => !isEnriched(field)),
  graph,
)}

## Enriched fields

${fieldTable(eventFields.filter(isEnriched), enrichedGraph, enrichedReportingWebService)}

- The direction is told by the domains of sender and recipient. \`internal_domains\` names those of the tenant. The
  domains of \`tenant_id\` and \`account_name\` count, too, and so does the organization of a row, where it is a domain.
  Each counts with its subdomains. Where none is known, or an address has no domain, the direction is \`unknown\`.
- A bounce has the sender \`<>\`, and so no fields of a sender. It comes from inside where no server handed it over (no
  \`source.ip\`), else from outside.
- Addresses are in lower case, domains in the form of DNS. \`email.from.address\` and \`email.to.address\` stay as they came.
- An address of Exchange's own (X.500) has no domain and no \`email\`. Its last part is the name.
- An address of more than 1,000 characters has none of these fields.
- Microsoft documents no address of the page that \`event.reference\` opens. It is the one that the portal itself uses.

[Detection rules](../detections/README.md) in Sigma read these fields.

## Example: Microsoft Graph

${block(graph)}

## Example: Reporting Web Service

${block(reportingWebService)}

## Example: Microsoft Graph, enriched

A status that has changed.

${block(enrichedGraph)}

## Example: Reporting Web Service, enriched

A row that appeared late.

${block(enrichedReportingWebService)}
`;
}
