import { alterPage, startAlteringFront } from './altering-front.js';

/** Changes a row of an answer, as the API spells it; what it returns stands in its place. */
export type ChangeRow = (row: Record<string, unknown>) => unknown;

export interface TamperingFront {
  /** Such as `http://127.0.0.1:41234`. */
  readonly origin: string;
  close(): Promise<void>;
}

/** Stands between the module and the simulated tenant's APIs, and changes the rows of their answers on the way. */
export async function startTamperingFront(tenantOrigin: string, change: ChangeRow): Promise<TamperingFront> {
  const front = await startAlteringFront(tenantOrigin);
  front.alter = (response) =>
    alterPage(response, ({ rows, nextLink }) => ({
      rows: rows.map((row) => change(row as Record<string, unknown>)),
      nextLink,
    }));
  return front;
}
