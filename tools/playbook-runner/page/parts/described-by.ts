/** For `aria-describedby` of the input of a `Field`: what is wrong, then the help. */
export function describedBy(id: string): string {
  return `${id}-error ${id}-help`;
}
