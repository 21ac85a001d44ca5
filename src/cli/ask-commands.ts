import { SECRETS } from '@sekoia/automation-sdk-shim';
import type { TraceFilter } from '../search/filter.js';
import { detailsResult, recipientResult } from '../search/results.js';
import { isDomain } from '../settings/values.js';
import { openConnection, openSearch } from './connection.js';
import { cellText, type Column, type Format, recipientColumns, type Row, rowWriter, stepColumns } from './formats.js';
import type { Limits } from './search-command.js';
import { type CommandSettings, readCommandSettings } from './settings.js';
import { EXIT, type ExitCode, type Terminal } from './terminal.js';

interface Asked {
  readonly format: Format;
  readonly limits: Limits;
  readonly settingsFile?: string | undefined;
}

export interface DetailsRequest extends Asked {
  readonly traceId: string;
  readonly recipient: string;
}

/** `message-trace details`. @throws what a search throws */
export async function detailsCommand(request: DetailsRequest, terminal: Terminal): Promise<ExitCode> {
  const { traceId, recipient, format, limits, settingsFile } = request;
  const settings = await readCommandSettings({ file: settingsFile }, terminal);
  const connection = openConnection(terminal);
  try {
    const search = openSearch(settings, connection, limits, terminal);
    const onRetry = (error: Error) => terminal.say(`${error.message} Trying again.`);
    const details = await search.details(traceId, recipient, { signal: terminal.signal, onRetry });
    const result = detailsResult(details);
    if (format === 'json') await terminal.write(`${JSON.stringify(result, undefined, 2)}\n`);
    else await writeList(details.steps as unknown as readonly Row[], stepColumns, format, terminal);
    const summary = !result.found
      ? ['The message or the recipient is not known to Microsoft.']
      : [
          `Final status: ${result.final_status ?? 'unknown'}`,
          ...(result.failure_reason === undefined ? [] : [`Reason: ${cellText(result.failure_reason)}`]),
          ...(result.remote_server === undefined ? [] : [`Remote server: ${cellText(result.remote_server)}`]),
          ...(result.recipient_count === undefined ? [] : [`Recipients: ${result.recipient_count}`]),
        ];
    await writeSummary(summary, format, terminal);
    return EXIT.complete;
  } finally {
    connection.close();
  }
}

export interface RecipientsRequest extends Asked {
  readonly filter: TraceFilter;
  readonly internalDomains?: readonly string[] | undefined;
}

/** `message-trace recipients`. @throws what a search throws */
export async function recipientsCommand(request: RecipientsRequest, terminal: Terminal): Promise<ExitCode> {
  const { filter, format, limits, settingsFile } = request;
  const settings = await readCommandSettings({ file: settingsFile }, terminal);
  const connection = openConnection(terminal);
  try {
    const search = openSearch(settings, connection, limits, terminal);
    const report = await search.recipients(filter, {
      signal: terminal.signal,
      maxRows: limits.maxRows,
      maxRequests: limits.maxRequests,
      internalDomains: request.internalDomains ?? domainsOf(settings),
      onRetry: (error) => terminal.say(`${error.message} Trying again.`),
    });
    const { byStatus, internal, external, messages, outcome, completeness } = report;
    const recipients = report.recipients.map(recipientResult);
    const { complete, reason } = completeness;
    if (format === 'json') {
      const result = { recipients, messages, by_status: byStatus, internal, external, outcome, complete, reason };
      await terminal.write(`${JSON.stringify(result, undefined, 2)}\n`);
    } else {
      await writeList(recipients, recipientColumns, format, terminal);
    }
    const counts = Object.entries(byStatus).map(([status, count]) => `${count} ${cellText(status)}`);
    const summary = [
      `${recipients.length} recipients of ${messages} messages: ${counts.join(', ') || 'none'}`,
      `Internal: ${internal.recipients}, delivered ${internal.delivered}. External: ${external.recipients}, delivered ${external.delivered}.`,
    ];
    await writeSummary(summary, format, terminal);
    if (complete) return EXIT.complete;
    terminal.say(`Not complete: ${reason ?? ''}`);
    return EXIT.incomplete;
  } finally {
    connection.close();
  }
}

async function writeList(
  rows: readonly Row[],
  columns: readonly Column[],
  format: Format,
  terminal: Terminal,
): Promise<void> {
  const writer = rowWriter(format, columns, terminal.stdout.columns);
  await terminal.write(writer.head());
  for (const [index, row] of rows.entries()) await terminal.write(SECRETS.redact(writer.row(row, index)));
  await terminal.write(writer.tail(rows.length));
}

/** With data for a program, sentences go where they disturb none. */
async function writeSummary(lines: readonly string[], format: Format, terminal: Terminal): Promise<void> {
  if (format === 'table') await terminal.write(`${lines.join('\n')}\n`);
  else for (const line of lines) terminal.say(line);
  await terminal.flush();
}

/** The domains that the settings show to be the tenant's own. */
function domainsOf({ values }: CommandSettings): readonly string[] {
  const { tenant_id: tenant } = values;
  return tenant !== undefined && isDomain(tenant) ? [tenant] : [];
}
