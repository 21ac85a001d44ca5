import { PlanAgainError } from '../errors.js';
import { isObject, type JsonObject, type JsonValue } from '../json.js';

/**
 * A row is flat but for an object of metadata. What is nested without end overflows the stack of whoever writes it as
 * text.
 */
const deepestLevel = 16;
/** Pages hold 5,000 at most, unless a service does not care for what it was asked. */
const maxEntries = 250_000;

interface Sorted {
  readonly rows: JsonObject[];
  /** What is no row, or is nested too deeply for one; what lies below the deepest level is left out. */
  readonly unreadable: JsonValue[];
}

/**
 * Sorts the entries of a page.
 * @throws PlanAgainError for more than fit into memory
 */
export function sortEntries(entries: readonly JsonValue[], service: string): Sorted {
  if (entries.length > maxEntries)
    throw new PlanAgainError(`${service} answered ${entries.length} rows at once, which is more than can be read.`, {
      mayBeTheRange: true,
    });
  const rows: JsonObject[] = [];
  const unreadable: JsonValue[] = [];
  for (const entry of entries) {
    if (isObject(entry) && !isDeeperThan(deepestLevel, entry)) rows.push(entry);
    else unreadable.push(cut(entry, deepestLevel));
  }
  return { rows, unreadable };
}

function isDeeperThan(levels: number, value: JsonValue): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((member) => isDeeperThan(levels - 1, member));
}

function cut(value: JsonValue, levels: number): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (levels === 0) return 'left out: nested too deeply';
  if (Array.isArray(value)) return value.map((member) => cut(member, levels - 1));
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, cut(member, levels - 1)]));
}
