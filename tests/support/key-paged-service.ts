/** A row as the service keeps it: to 100 nanoseconds. */
import type { Page, TimeRange } from '../../src/model/ports.js';
import { DeadLinkError, type Remedy } from '../../src/microsoft/paging/detours.js';
import { parsePage } from '../../src/microsoft/graph/row.js';
import { endAt, inspectLink, rangeUrl, rebuildLink } from '../../src/microsoft/graph/query.js';
import { type LinkedPage, walkPages } from '../../src/microsoft/paging/page-walk.js';
import { SeededRandom } from './seeded-random.js';

export interface Row {
  readonly ms: number;
  readonly ticks: number;
  readonly recipient: string;
}

export type LinkKind = 'double-encoded' | 'empty-recipient' | 'refused' | 'foreign' | 'circle' | 'nonsense';

export interface ServiceOptions {
  readonly rows: readonly Row[];
  /** They appear one by one, with each page. */
  readonly later: readonly Row[];
  readonly links: { readonly share: number; readonly kinds: readonly LinkKind[]; readonly seed: number };
  readonly pageRows: number;
  /** Fraction digits of the times that are shown. */
  readonly digits: number;
  readonly anomaly?:
    'ignores tokens' | 'cuts ends to the minute' | 'gives the oldest first' | 'shows hours of another zone';
}

const apiUrl = 'https://graph.example/v1.0';

/** What Microsoft Graph's pages are, in memory: a page begins after the time and the recipient that its token names. */
export class KeyPagedService {
  readonly remedies: Remedy[] = [];
  requests = 0;
  /** Requests to any other host. */
  foreign = 0;
  readonly #options: ServiceOptions;
  readonly #random: SeededRandom;
  readonly #rows: Row[];
  readonly #later: Row[];

  constructor(options: ServiceOptions) {
    this.#options = options;
    this.#random = new SeededRandom(options.links.seed);
    this.#rows = [...options.rows];
    const keys = new Set(this.#rows.map((row) => this.idOf(row)));
    this.#later = options.later.filter((row) => !keys.has(this.idOf(row)));
  }

  idOf({ ms, ticks, recipient }: Row): string {
    return `${ms} ${ticks} ${recipient}`;
  }

  walk(range: TimeRange): AsyncGenerator<Page, void, undefined> {
    const query = (part: TimeRange) => rangeUrl(apiUrl, part);
    return walkPages({
      service: 'The service',
      firstUrl: query(range),
      read: (url, isFirst) => Promise.resolve(this.#respond(url, isFirst, range)),
      detours: {
        range,
        query,
        endAt,
        inspect: inspectLink,
        rebuild: rebuildLink,
        monitor: { deadLink: (remedy) => void this.remedies.push(remedy), foreignLink: () => undefined },
      },
    });
  }

  #respond(url: URL, isFirst: boolean, range: TimeRange): LinkedPage {
    this.requests += 1;
    if (url.host !== 'graph.example') this.foreign += 1;
    const late = this.#later.pop();
    if (late !== undefined) this.#rows.push(late);
    const token = url.searchParams.get('$skiptoken');
    if (isFirst !== (token === null)) throw new Error('a query has no token, and a later page has one');
    const rows = this.#result(url, token);
    const page = rows.slice(0, this.#options.pageRows);
    const last = page.at(-1);
    const link = rows.length > page.length && last !== undefined ? this.#link(url, last) : undefined;
    const value = page.map((row) => ({
      id: this.idOf(row),
      recipientAddress: row.recipient,
      status: 'delivered',
      receivedDateTime: this.#shown(row),
    }));
    return parsePage(
      { value, ...(link !== undefined && { '@odata.nextLink': link }) },
      { range, organization: undefined },
    );
  }

  #result(url: URL, token: string | null): Row[] {
    const { anomaly } = this.#options;
    const [, start = '', end = ''] = /ge (\S+) and receivedDateTime le (\S+)/.exec(url.searchParams.get('$filter')!)!;
    const cut = anomaly === 'cuts ends to the minute' ? 60_000 : 1;
    const endMs = Math.floor(Date.parse(end) / cut) * cut;
    const after = token === null || anomaly === 'ignores tokens' ? undefined : this.#keyIn(token);
    const sign = anomaly === 'gives the oldest first' ? -1 : 1;
    return this.#rows
      .filter(({ ms, ticks }) => ms >= Date.parse(start) && (ms < endMs || (ms === endMs && ticks === 0)))
      .sort((one, other) => sign * compare(one, other))
      .filter((row) => after === undefined || sign * compare(after, row) < 0);
  }

  /** @throws DeadLinkError in place of an answer 400 */
  #keyIn(token: string): Row {
    const values = JSON.parse(Buffer.from(token, 'base64').toString()) as Record<string, string>;
    const [, text, fraction] = /^(\d{4}-.{14})\.(\d{7})Z$/.exec(values['EndDate']!) ?? [];
    const recipient = values['StartingRecipientAddress']!;
    if (text === undefined || fraction === undefined || !/^[^"@]+@/.test(recipient) || values['Refused'] !== undefined)
      throw new DeadLinkError('The service gave a link to a page that it does not know.');
    return { ms: Date.parse(`${text}.${fraction.slice(0, 3)}Z`), ticks: Number(fraction.slice(3)), recipient };
  }

  #link(asked: URL, last: Row): string {
    const { share, kinds } = this.#options.links;
    const kind = this.#random.next() < share ? this.#random.pick(kinds) : undefined;
    if (kind === 'circle') return asked.href;
    if (kind === 'nonsense') return 'https://[';
    const good = {
      StartDate: '2026-11-23T09:00:00.0000000Z',
      EndDate: shownWith(7, last),
      StartingRecipientAddress: kind === 'empty-recipient' ? '' : last.recipient,
      ResultSize: '5000',
      ...(kind === 'refused' && { Refused: 'yes' }),
    };
    const token =
      kind === 'double-encoded'
        ? Object.fromEntries(Object.entries(good).map(([name, value]) => [name, JSON.stringify(value)]))
        : good;
    const url = new URL(asked);
    url.searchParams.set('$skiptoken', Buffer.from(JSON.stringify(token)).toString('base64').replace(/=+$/, ''));
    if (kind === 'foreign') url.host = 'attacker.example';
    return url.href;
  }

  #shown(row: Row): string {
    const { digits, anomaly } = this.#options;
    return shownWith(digits, anomaly === 'shows hours of another zone' ? { ...row, ms: row.ms - 20_000 } : row);
  }
}

function shownWith(digits: number, { ms, ticks }: Row): string {
  const text = `${new Date(ms).toISOString().slice(0, -1)}${String(ticks).padStart(4, '0')}`;
  return `${digits === 0 ? text.slice(0, 19) : text.slice(0, 20 + digits)}Z`;
}

/** Newest first, then by recipient. */
function compare(one: Row, other: Row): number {
  return (
    other.ms - one.ms ||
    other.ticks - one.ticks ||
    (one.recipient < other.recipient ? -1 : 1) * Number(one.recipient !== other.recipient)
  );
}
