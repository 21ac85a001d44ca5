/** From 1. A page that begins anywhere but at the first row is a later one. */
export function pageNumber(offset: number, pageRows: number): number {
  return Math.ceil(offset / pageRows) + 1;
}
