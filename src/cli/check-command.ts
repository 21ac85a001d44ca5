import { ConfigurationError } from '@sekoia/automation-sdk-shim';
import { type Check, type CheckResult, runChecks } from '../checks/check.js';
import { intakeCheck, storeCheck } from '../checks/delivery-checks.js';
import { basicChecks, type LastHour, microsoftChecks } from '../checks/microsoft-checks.js';
import { clockCheck, networkChecks, TLS } from '../checks/network-checks.js';
import { eventText } from '../message-trace/event-text.js';
import { addressOf, scopeOf } from '../microsoft/clouds.js';
import { BearerAuthorization } from '../microsoft/sign-in/authorization.js';
import { toRecord } from '../microsoft/reporting-web-service.js';
import { lastHour } from '../sekoia/account-checks.js';
import type { Access } from '../sekoia/access.js';
import { authorizationFor, permissionFor, tokenRequestFor } from '../sekoia/authorization-for.js';
import { readerOf } from '../sekoia/source-for.js';
import { accessFor, type Connection, eventOptionsFor, openConnection, optionsFor } from './connection.js';
import { type CommandSettings, readCommandSettings } from './settings.js';
import { storeFor } from './state-command.js';
import { EXIT, type ExitCode, type Terminal } from './terminal.js';

export interface CheckRequest {
  readonly sendTestEvent: boolean;
  readonly json: boolean;
  readonly settingsFile?: string | undefined;
}

const MARKS: Readonly<Record<CheckResult['outcome'], string>> = { good: '✓', bad: '✗', skipped: '-' };

/** `message-trace check`. @throws UsageError, ConfigurationError */
export async function checkCommand(request: CheckRequest, terminal: Terminal): Promise<ExitCode> {
  const { json, settingsFile, sendTestEvent } = request;
  const report = async (result: CheckResult) => {
    await terminal.write(json ? `${JSON.stringify(result)}\n` : lineFor(result));
  };
  let connection: Connection | undefined;
  try {
    const needs = sendTestEvent ? (['intake_key'] as const) : [];
    const settings = await readCommandSettings({ file: settingsFile, needs }, terminal);
    const access = accessFor(settings);
    await report({ name: 'settings', outcome: 'good', sentence: 'The settings are complete.' });
    connection = openConnection(terminal);
    const outcomes: CheckResult['outcome'][] = [];
    for await (const result of runChecks(
      checksFor({ settings, access, connection, request, terminal }),
      terminal.signal,
    )) {
      outcomes.push(result.outcome);
      await report(result);
    }
    return outcomes.includes('bad') ? EXIT.failed : EXIT.complete;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    await report({ name: 'settings', outcome: 'bad', sentence: error.message });
    return EXIT.usage;
  } finally {
    connection?.close();
    await terminal.flush();
  }
}

function lineFor({ name, outcome, sentence, remedy }: CheckResult): string {
  const line = `${MARKS[outcome]} ${name}: ${sentence}\n`;
  return remedy === undefined ? line : `${line}  → ${remedy}\n`;
}

interface Checked {
  readonly settings: CommandSettings;
  readonly access: Access;
  readonly connection: Connection;
  readonly request: CheckRequest;
  readonly terminal: Terminal;
}

function checksFor({ settings, access, connection, request, terminal }: Checked): readonly Check[] {
  const { http, means } = connection;
  const { addresses } = optionsFor(settings);
  const { intake_key: key, intake_server: server } = settings.values;
  const apiUrl = addressOf(access.api, addresses.apiUrl);
  const servers = [
    { url: apiUrl, setting: 'api_url' },
    ...(access.credentials.kind === 'token'
      ? [{ url: access.authorityUrl ?? addresses.authorityUrl, setting: 'authority_url' }]
      : []),
    ...(key === undefined ? [] : [{ url: server, setting: 'intake_server' }]),
  ];
  return [
    ...networkChecks({ servers, http, env: process.env }),
    ...apiChecks(settings, access, apiUrl, connection),
    clockCheck(() => means.seen.clockOffMs),
    {
      name: 'quota',
      run: () => {
        const { quotaLeft } = means.seen;
        return quotaLeft === undefined
          ? { outcome: 'skipped', sentence: 'No answer has named the requests that are left.' }
          : { outcome: 'good', sentence: `Microsoft names the requests that are left: ${quotaLeft}.` };
      },
    },
    intakeCheck(
      key === undefined ? undefined : { key, server, http },
      request.sendTestEvent ? testEvent(settings) : undefined,
    ),
    storeCheck(storeFor(terminal)),
  ];
}

function apiChecks(settings: CommandSettings, access: Access, apiUrl: string, { means }: Connection): readonly Check[] {
  const { addresses } = optionsFor(settings);
  const { api, credentials, guidance } = access;
  const isBasic = credentials.kind === 'basic';
  const authorization = isBasic
    ? authorizationFor(access, apiUrl, addresses, means)
    : new BearerAuthorization({
        requestToken: tokenRequestFor(access, addresses.tokenScope ?? scopeOf(api, apiUrl), addresses, means),
        now: means.now,
        hide: means.hide,
      });
  const reader = readerOf({ apiUrl, access, authorization, means });
  const rows = async (signal: AbortSignal): Promise<LastHour> => {
    const nowMs = means.dateMs();
    for await (const page of reader.source.pages(lastHour(nowMs), signal, { tries: 1 })) {
      const { records } = page;
      const hasMore = records.length >= reader.source.limits.pageRows;
      return { newest: records[0], rows: records.length, hasMore, nowMs };
    }
    return { newest: undefined };
  };
  if (isBasic) return basicChecks({ lastHour: rows, needs: [TLS] });
  const wanted = permissionFor(api, credentials);
  const { servicePrincipal } = reader;
  return microsoftChecks({ api, guidance, wanted, authorization, servicePrincipal, lastHour: rows, needs: [TLS] });
}

/** One that nobody takes for a message of the tenant. */
function testEvent(settings: CommandSettings): string {
  const received = new Date().toISOString();
  const address = 'message-trace-check@example.invalid';
  const record = toRecord({
    MessageTraceId: '00000000-0000-0000-0000-000000000000',
    MessageId: `<${received}.${address}>`,
    Received: received,
    SenderAddress: address,
    RecipientAddress: address,
    Subject: 'Test event of message-trace check',
    Status: 'None',
  });
  return eventText(record, eventOptionsFor(settings));
}
