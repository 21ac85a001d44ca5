/**
 * Which rows a trigger may not send by its settings `send_only` and `do_not_send`: a second reading of
 * docs/configuration.md, of rules that are right. It shares no code with the module.
 */

/** A row as Exchange knows it; null and undefined for what the row does not say. */
export interface FilterableRow {
  readonly sender?: string | null | undefined;
  readonly recipient?: string | null | undefined;
  readonly subject?: string | null | undefined;
  readonly status?: string | null | undefined;
  readonly fromIp?: string | null | undefined;
}

export interface FilterSettings {
  readonly sendOnly?: readonly string[];
  readonly doNotSend?: readonly string[];
  readonly internalDomains?: readonly string[];
}

type Verdict = 'yes' | 'no' | 'cannot tell';
type Test = (row: FilterableRow) => Verdict;

const CONDITION = /(\w+)\s*:\s*("(?:[^"]|"")*"(?:\s*,\s*"(?:[^"]|"")*")*|.+?)\s*(?:$|\s+and\s+(?=\w+\s*:))/giu;

export class ExpectedFilter {
  readonly #sendOnly: readonly Test[];
  readonly #doNotSend: readonly Test[];

  constructor({ sendOnly = [], doNotSend = [], internalDomains = [] }: FilterSettings) {
    const read = (rule: string) => readRule(rule, internalDomains);
    this.#sendOnly = sendOnly.map(read);
    this.#doNotSend = doNotSend.map(read);
  }

  isSent(row: FilterableRow): boolean {
    if (this.#doNotSend.some((test) => test(row) === 'yes')) return false;
    return this.#sendOnly.length === 0 || this.#sendOnly.some((test) => test(row) !== 'no');
  }
}

function readRule(rule: string, internalDomains: readonly string[]): Test {
  const tests = [...rule.trim().matchAll(CONDITION)].map(([, field = '', values = '']) =>
    testFor(field.toLowerCase(), valuesOf(field.toLowerCase(), values), internalDomains),
  );
  if (tests.length === 0) throw new Error(`The second reading of filters finds no rule in ${JSON.stringify(rule)}.`);
  return (row) => {
    const verdicts = tests.map((test) => test(row));
    if (verdicts.includes('no')) return 'no';
    return verdicts.includes('cannot tell') ? 'cannot tell' : 'yes';
  };
}

function valuesOf(field: string, text: string): readonly string[] {
  const parts = field === 'subject' ? [text] : text.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/);
  return parts.map((part) => part.trim().replace(/^"(.*)"$/s, (_, quoted: string) => quoted.replaceAll('""', '"')));
}

function testFor(field: string, values: readonly string[], internalDomains: readonly string[]): Test {
  const any = (is: (value: string) => boolean): Verdict => (values.some(is) ? 'yes' : 'no');
  switch (field) {
    case 'status':
      return ({ status }) => (status ? any((value) => bare(value) === bare(status)) : 'cannot tell');
    case 'subject':
      return ({ subject }) => (subject ? any((value) => pattern(value).test(subject.normalize())) : 'cannot tell');
    case 'sender':
      return ({ sender }) => (sender ? any((value) => isOf(sender, value)) : 'cannot tell');
    case 'recipient':
      return ({ recipient }) =>
        recipient?.replace(/[<>\s]/g, '') ? any((value) => isOf(recipient, value)) : 'cannot tell';
    case 'direction':
      return (row) => {
        const direction = directionOf(row, internalDomains);
        return direction === undefined ? 'cannot tell' : any((value) => value.toLowerCase() === direction);
      };
    default:
      throw new Error(`The second reading of filters does not know the field ${field}.`);
  }
}

function bare(status: string): string {
  return status.replace(/[^a-z]/gi, '').toLowerCase();
}

function pattern(text: string): RegExp {
  const escaped = text.normalize().replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*')}$`, 'isu');
}

function isOf(path: string, wanted: string): boolean {
  const address = path.replace(/^<(.*)>$/, '$1');
  if (wanted === '<>') return address === '';
  if (!address.includes('@')) return false;
  if (wanted.indexOf('@') > 0) return pattern(inAscii(wanted)).test(inAscii(address));
  return pattern(asciiDomain(wanted.replace(/^@/, ''))).test(asciiDomain(domainOf(address)));
}

function inAscii(address: string): string {
  return `${address.slice(0, address.lastIndexOf('@'))}@${asciiDomain(domainOf(address))}`;
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).replace(/\.$/, '');
}

/** Of each label apart, since a URL has no wildcards. */
function asciiDomain(domain: string): string {
  const ascii = (label: string) =>
    label.includes('*') || label === '' ? label : new URL(`http://${label}.x`).hostname;
  return domain
    .split('.')
    .map((label) => ascii(label).replace(/\.x$/, ''))
    .join('.')
    .toLowerCase();
}

function directionOf(
  { sender, recipient, fromIp }: FilterableRow,
  internalDomains: readonly string[],
): string | undefined {
  if (internalDomains.length === 0 || !sender || !recipient?.includes('@')) return undefined;
  const isInside = (address: string): boolean => {
    const domain = asciiDomain(domainOf(address));
    return internalDomains.some((one) => `.${domain}`.endsWith(`.${asciiDomain(one)}`));
  };
  const isBounce = sender.replace(/[<>\s]/g, '') === '';
  if (!isBounce && !sender.includes('@')) return undefined;
  const isFromInside = isBounce ? !fromIp : isInside(sender.replace(/[<>]/g, ''));
  if (isInside(recipient.replace(/[<>]/g, ''))) return isFromInside ? 'internal' : 'inbound';
  return isFromInside ? 'outbound' : 'external';
}
