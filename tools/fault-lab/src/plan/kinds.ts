/** Says whether a kind of fault, step or answer belongs to a run. */
export type IsOn = (kind: string) => boolean;

/**
 * What `--only` and `--without` leave. A name stands for the kind of that name and for all that begin with it and a
 * hyphen: `echo` for `echo-html` and the others.
 */
export function choose(only: readonly string[], without: readonly string[]): IsOn {
  const names = (list: readonly string[], kind: string) =>
    list.some((name) => kind === name || kind.startsWith(`${name}-`));
  return (kind) => (only.length === 0 || names(only, kind)) && !names(without, kind);
}

/** The names that stand for no kind. */
export function unknownNames(names: readonly string[], kinds: readonly string[]): string[] {
  return names.filter((name) => !kinds.some((kind) => kind === name || kind.startsWith(`${name}-`)));
}
