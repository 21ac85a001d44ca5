/** ISO 8601 in UTC without a zone, as Python's `utcnow().isoformat()` gives it and the platform expects it. */
export function utcWithoutZone(ms: number): string {
  return new Date(ms).toISOString().slice(0, -1);
}
