/** Up to the first stop that is followed by a space; those within brackets are somebody else's. */
const FIRST_SENTENCE = /^(?:\([^()]*\)|[^(])+?[.!?](?=\s)/u;

/** A message cut behind its first sentence; the rest is empty where there is only one. */
export function cutFirstSentence(message: string): readonly [first: string, rest: string] {
  const first = FIRST_SENTENCE.exec(message)?.[0] ?? message;
  return [first, message.slice(first.length).trim()];
}
