/** The text, or where it has more than `most` characters its beginning, saying that the rest is missing. */
export function cutOff(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)} … (the rest is cut off)` : text;
}
