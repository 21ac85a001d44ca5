/** Joins the names that are given: `classNames('button', busy && 'button-busy')`. */
export function classNames(...names: readonly (string | false | null | undefined)[]): string {
  return names.filter(Boolean).join(' ');
}
