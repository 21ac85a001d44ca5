import type { Fields } from './fields.js';

/** A field that SDK and shim do not have alike; `absent` where one does not have it. */
export interface Difference {
  readonly scenario: string;
  readonly field: string;
  readonly sdk: string;
  readonly shim: string;
}

/** A difference that is as it should be, or that another branch takes away. */
export interface Accepted {
  /** Where it occurs; in every scenario by default. */
  readonly scenario?: RegExp;
  readonly field: RegExp;
  /** What the values must look like, where not everything will do. */
  readonly sdk?: RegExp;
  readonly shim?: RegExp;
  readonly reason: string;
  /** What takes it away, where it is to go. */
  readonly pending?: string;
  /** What brings it, where it is to come: it need not occur yet. */
  readonly comesWith?: string;
}

export interface Comparison {
  readonly scenario: string;
  readonly equal: number;
  readonly differences: readonly Difference[];
}

export function compare(scenario: string, sdk: Fields, shim: Fields): Comparison {
  const fields = [...new Set([...sdk.keys(), ...shim.keys()])];
  const differences = fields
    .map((field) => ({ scenario, field, sdk: sdk.get(field) ?? 'absent', shim: shim.get(field) ?? 'absent' }))
    .filter((difference) => difference.sdk !== difference.shim);
  return { scenario, equal: fields.length - differences.length, differences };
}

/** The first entry that accepts a difference. */
export function acceptedBy(difference: Difference, list: readonly Accepted[]): Accepted | undefined {
  return list.find(
    ({ scenario, field, sdk, shim }) =>
      (scenario?.test(difference.scenario) ?? true) &&
      field.test(difference.field) &&
      (sdk?.test(difference.sdk) ?? true) &&
      (shim?.test(difference.shim) ?? true),
  );
}

/** The table of what was compared, and of every accepted difference with its reason. */
export function tableOf(comparisons: readonly Comparison[], list: readonly Accepted[]): string {
  const differences = comparisons.flatMap((each) => each.differences);
  const scenarios = comparisons.map(({ scenario, equal, differences: those }) => {
    const unexplained = those.filter((each) => acceptedBy(each, list) === undefined).length;
    return [scenario, String(equal), String(those.length - unexplained), String(unexplained)];
  });
  const entries = list.map((entry) => {
    const those = differences.filter((each) => acceptedBy(each, list) === entry);
    const [example] = those;
    const values = example === undefined ? '' : `${shorten(example.sdk)} | ${shorten(example.shim)}`;
    return [example?.field ?? String(entry.field), String(those.length), values, reasonOf(entry)];
  });
  return [
    layOut(['scenario', 'fields equal', 'accepted differences', 'unexplained'], scenarios),
    layOut(['accepted difference', 'times', 'SDK | shim', 'reason'], entries),
  ].join('\n\n');
}

function reasonOf({ reason, pending, comesWith }: Accepted): string {
  if (pending !== undefined) return `PENDING MERGE, goes with ${pending}: ${reason}`;
  return comesWith === undefined ? reason : `PENDING MERGE, comes with ${comesWith}: ${reason}`;
}

function layOut(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)]
    .map((each) => each.trimEnd())
    .join('\n');
}

function shorten(text: string): string {
  const flat = text.replaceAll(/\s+/g, ' ');
  return flat.length > 40 ? `${flat.slice(0, 37)}...` : flat;
}
