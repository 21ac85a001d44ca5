// The floor: the least that a collector in Node.js can do. It reads each page of a time range, parses it, writes each
// row as JSON, and posts the rows in batches. It remembers nothing, looks at no row and mends no failure.
// Its one argument is JSON: see FloorOptions.
import { Agent, request } from 'node:http';

export interface FloorOptions {
  readonly api: 'reporting-web-service' | 'graph';
  readonly apiUrl: string;
  readonly authorityUrl: string;
  /** The settings that the module gets, for who signs in. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly intakeUrl: string;
  readonly intakeKey: string;
  readonly chunkSize: number;
  /** The range that is read, in milliseconds since 1970. */
  readonly fromMs: number;
  readonly toMs: number;
}

interface Page {
  readonly d?: { readonly results: readonly unknown[]; readonly __next?: string };
  readonly value?: readonly unknown[];
  readonly '@odata.nextLink'?: string;
}

const options = JSON.parse(process.argv[2] ?? '') as FloorOptions;
const agent = new Agent({ keepAlive: true });

/** The body of a success. Throws on anything else. */
function ask(url: string, headers: Readonly<Record<string, string>>, body?: string): Promise<string> {
  const method = body === undefined ? 'GET' : 'POST';
  const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, agent, headers: { ...headers, ...length } });
    outgoing.on('error', reject).on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(`${url} answered ${response.statusCode}: ${text.slice(0, 500)}`));
      });
    });
    outgoing.end(body);
  });
}

function dateTime(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 19);
}

async function authorization(): Promise<string> {
  const { settings } = options;
  const text = (name: string): string => String(settings[name]);
  if (options.api === 'reporting-web-service') {
    return `Basic ${Buffer.from(`${text('account_name')}:${text('account_password')}`).toString('base64')}`;
  }
  const form = new URLSearchParams({
    client_id: text('client_id'),
    client_secret: text('client_secret'),
    grant_type: 'client_credentials',
    scope: 'https://graph.microsoft.com/.default',
  });
  const response = await ask(
    `${options.authorityUrl}/${text('tenant_id')}/oauth2/v2.0/token`,
    { 'content-type': 'application/x-www-form-urlencoded' },
    form.toString(),
  );
  return `Bearer ${(JSON.parse(response) as { access_token: string }).access_token}`;
}

function firstPage(): string {
  const [start, end] = [dateTime(options.fromMs), dateTime(options.toMs)];
  if (options.api === 'graph') {
    const filter = `receivedDateTime ge ${start}Z and receivedDateTime le ${end}Z`;
    return `${options.apiUrl}/admin/exchange/tracing/messageTraces?$filter=${encodeURIComponent(filter)}&$top=5000`;
  }
  const filter = `StartDate eq datetime'${start}' and EndDate eq datetime'${end}'`;
  return `${options.apiUrl}/MessageTrace?$format=json&$filter=${encodeURIComponent(filter)}`;
}

const headers = { authorization: await authorization() };
let next: string | undefined = firstPage();
while (next !== undefined) {
  const page = JSON.parse(await ask(next, headers)) as Page;
  const rows: readonly unknown[] = page.d?.results ?? page.value ?? [];
  const jsons = rows.map((row) => JSON.stringify(row));
  for (let at = 0; at < jsons.length; at += options.chunkSize) {
    const chunk = jsons.slice(at, at + options.chunkSize);
    const body = JSON.stringify({ intake_key: options.intakeKey, jsons: chunk });
    await ask(`${options.intakeUrl}/batch`, { 'content-type': 'application/json' }, body);
  }
  next = page.d?.__next ?? page['@odata.nextLink'];
}
agent.destroy();
