/**
 * The number that is written in digits. Whatever else was typed stays as it is: the check refuses it in sight of it.
 */
export function numberOrText(typed: unknown): unknown {
  if (typeof typed !== 'string') return typed;
  const text = typed.trim();
  return /^-?\d+(\.\d*[1-9])?$/.test(text) ? Number(text) : typed;
}
