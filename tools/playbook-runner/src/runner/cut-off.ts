/** The text, or where it has more than `most` characters its beginning, saying that the rest is missing. */
export function cutOff(text: string, max: number): string {
  return text.length > max ? `${text.slice(0, max)} … (the rest is cut off)` : text;
}
