const REPLACEMENT = '\uFFFD';
const ESCAPED_REPLACEMENT = '\\ufffd';
/** With the flag u, half of a pair alone is a code point of its own; a whole pair is not. */
const LONE_SURROGATE = /\p{Surrogate}/gu;
const ESCAPED_SURROGATE = /\\u[dD][89a-fA-F]/;
/** A pair of escapes, half of one, or any other escape, which a backslash of an escaped backslash must not begin. */
const ESCAPES = /\\(?:u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|(u[dD][89a-fA-F][\da-fA-F]{2})|[^])/g;

/**
 * An event (a JSON text) as it stands in the request's body: a JSON string that contains JSON. A surrogate without its
 * other half becomes U+FFFD, raw or escaped: RFC 8259 (8.2) calls it unpredictable, and strict parsers refuse the
 * batch.
 */
export function encodeEvent(event: string): string {
  return JSON.stringify(wellFormed(event));
}

function wellFormed(event: string): string {
  const whole = event.replace(LONE_SURROGATE, REPLACEMENT);
  if (!ESCAPED_SURROGATE.test(whole)) return whole;
  return whole.replace(ESCAPES, (escape, lone?: string) => (lone === undefined ? escape : ESCAPED_REPLACEMENT));
}
