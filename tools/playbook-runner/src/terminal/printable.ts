/** Steps over marks beyond the third on one letter: no language needs more, and a tower of them hides other lines. */
const EXCESS_MARKS = /(\p{M}{3})\p{M}+/gu;

/** Joins emoji and chooses how they look; terminals disagree on the width of the result. */
const JOINERS = /[\u200c\u200d\ufe00-\ufe0f]/gu;

/**
 * Controls, formats (such as those that turn the direction of text), line separators, and what stands for no character.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}]/gu;

/**
 * A foreign text as one harmless line: nothing in it can move the cursor, colour, reverse or hide what is around it.
 *
 * Control characters are shown by their pictures (escape as ␛), everything else that cannot be printed as �.
 */
export function printable(text: string): string {
  return text.replace(JOINERS, '').replace(UNPRINTABLE, picture).replace(EXCESS_MARKS, '$1');
}

function picture(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  return code === 0x7f ? '␡' : '�';
}
