/** How a run stands. */
export interface Standing {
  readonly elapsedMs: number;
  readonly rows: number;
  readonly missing: number;
  readonly events: number;
  readonly repeated: number;
  readonly kills: number;
  readonly peakMemoryMiB: number;
}

export function progressLine(standing: Standing): string {
  const { rows, missing, events, repeated, kills } = standing;
  const elapsed = Math.round(standing.elapsedMs / 1000);
  const clock = `${Math.floor(elapsed / 60)}:${String(elapsed % 60).padStart(2, '0')}`;
  const memory = `${Math.round(standing.peakMemoryMiB)} MiB`;
  return `${clock}  ${rows} rows, ${missing} not delivered yet; ${events} events, ${repeated} repeated; ${kills} kills, ${memory}\n`;
}
