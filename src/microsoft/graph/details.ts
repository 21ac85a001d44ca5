import { type JsonObject, isObject, type JsonValue } from '../../model/json.js';
import { UnavailableError } from '../../model/errors.js';
import { MAX_DETAIL_XML_CHARACTERS } from '@sekoia/automation-sdk-shim/budgets';
import { parseXml, XmlCdata, XmlElement, type XmlNode, XmlText } from '@rgrove/parse-xml';
import type { Guidance } from '../classify-response.js';
import type { MicrosoftClient } from '../http/client.js';
import { text } from '../http/json.js';
import { timestampOf } from '../http/row-values.js';
import type { Response } from '../http/transport.js';
import { pageReader, sortEntries } from '../paging/page-reader.js';
import { type LinkedPage, walkPages } from '../paging/page-walk.js';
import { textLiteral } from './clauses.js';
import { headers } from './query.js';
import { httpErrorOf } from './source.js';

/** One step on the way of a message to one recipient: an item of exchangeMessageTraceDetail. */
export interface DetailStep {
  /** UTC with six fraction digits: `2022-07-25T12:26:13.240000Z`. */
  readonly date: string | undefined;
  /** `Receive`, `Submit`, `Deliver`, `Fail`, `Defer`, `Spam`, `Expand DL` … */
  readonly event: string | undefined;
  readonly action: string | undefined;
  readonly description: string | undefined;
  /** What the XML in `data` says, by name. `{ text }` where it is no such XML. */
  readonly data: JsonObject;
}

export interface DetailOptions {
  readonly onRequest?: () => void;
  readonly onRetry?: (error: UnavailableError) => void;
}

/**
 * Reads what happened to a message on its way to one recipient:
 * `…/messageTraces/{id}/getDetailsByRecipient(recipientAddress='…')`.
 */
export class GraphDetails {
  readonly #apiUrl: string;
  readonly #client: MicrosoftClient;
  readonly #guidance: Guidance;

  constructor(apiUrl: string, client: MicrosoftClient, guidance: Guidance) {
    this.#apiUrl = apiUrl;
    this.#client = client;
    this.#guidance = guidance;
  }

  /** The steps in the order of the answer. None where Graph knows no such message or recipient. */
  async steps(
    traceId: string,
    recipient: string,
    signal: AbortSignal,
    options: DetailOptions = {},
  ): Promise<DetailStep[]> {
    const steps: DetailStep[] = [];
    const pages = walkPages({
      service: 'Microsoft Graph',
      firstUrl: detailsUrl(this.#apiUrl, traceId, recipient),
      read: pageReader({
        client: this.#client,
        headers,
        httpErrorOf: (response, isFirst) => this.#httpErrorOf(response, isFirst),
        parsePage: parseDetails,
        signal,
        ...options,
      }),
      isProbe: true,
    });
    // Steps are no rows of the trace, so the walk hands them on as they came.
    for await (const { unreadable } of pages) steps.push(...unreadable.filter(isObject).map(toStep));
    return steps;
  }

  #httpErrorOf(response: Response, isFirst: boolean): Error | undefined {
    return isFirst && response.status === 404 ? undefined : httpErrorOf(response, isFirst, this.#guidance);
  }
}

function detailsUrl(apiUrl: string, traceId: string, recipient: string): URL {
  const base = `${apiUrl.replace(/\/+$/, '')}/admin/exchange/tracing/messageTraces`;
  const address = encodeURIComponent(textLiteral(recipient));
  return new URL(`${base}/${encodeURIComponent(traceId)}/getDetailsByRecipient(recipientAddress=${address})`);
}

/** Graph answers 404 with an error where it does not know the message: that is an answer without steps. */
function parseDetails(response: JsonValue): LinkedPage {
  const isAbsent = isObject(response) && isObject(response['error']);
  const items = isAbsent ? [] : isObject(response) ? response['value'] : undefined;
  if (!isObject(response) || !Array.isArray(items))
    throw new UnavailableError('Microsoft Graph answered JSON that holds no details in a form that is known.');
  const link = response['@odata.nextLink'];
  const { rows, unreadable } = sortEntries(items, 'Microsoft Graph');
  return { records: [], unreadable: [...rows, ...unreadable], nextLink: text(link) };
}

function toStep(item: JsonObject): DetailStep {
  return {
    date: timestampOf(item['dateTime']),
    event: text(item['event']),
    action: text(item['action']),
    description: text(item['description']),
    data: dataOf(item['data']),
  };
}

/**
 * `<root><MEP Name="RcptCount" Integer="3"/>…</root>` → `{ RcptCount: 3 }`. Each element has its name in one attribute
 * and its value in another, which names the type. A name that comes twice has a list.
 */
export function dataOf(value: JsonValue | undefined): JsonObject {
  if (typeof value !== 'string' || value === '') return {};
  const root = value.length > MAX_DETAIL_XML_CHARACTERS ? undefined : rootOf(value);
  if (root === undefined) return { text: value };
  const members = new Map<string, JsonValue>();
  for (const element of root.children.filter((node) => node instanceof XmlElement)) {
    const [name, member] = memberOf(element);
    const known = members.get(name);
    members.set(name, known === undefined ? member : [...(Array.isArray(known) ? known : [known]), member]);
  }
  return Object.fromEntries(members);
}

function rootOf(xml: string): XmlElement | undefined {
  try {
    return parseXml(xml).root ?? undefined;
  } catch {
    // Also where it is nested so deeply that the stack overflows.
    return undefined;
  }
}

function memberOf(element: XmlElement): [string, JsonValue] {
  const { Name: name = element.name, ...typed } = element.attributes;
  const [type, value] = Object.entries(typed)[0] ?? ['String', element.children.map(ownText).join('')];
  const number = /^(integer|long|int\d*|short|byte)$/i.test(type) && value.trim() !== '' ? Number(value) : NaN;
  return [name, Number.isSafeInteger(number) ? number : value];
}

function ownText(node: XmlNode): string {
  return node instanceof XmlText || node instanceof XmlCdata ? node.text : '';
}
