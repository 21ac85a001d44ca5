/**
 * How an answer leaves: whole; `torn`, its connection closed in the middle of the body; `reset`, the connection reset
 * before a byte of it; `silence`, nothing ever.
 */
type Manner = 'whole' | 'torn' | 'reset' | 'silence';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly manner: Manner;
  readonly delayMs: number;
}

export function answer(status: number, contentType: string, body: string): Answer {
  return { status, headers: { 'Content-Type': contentType }, body, manner: 'whole', delayMs: 0 };
}

export function jsonAnswer(status: number, value: unknown): Answer {
  return answer(status, 'application/json; charset=utf-8', JSON.stringify(value));
}

/** A page for people, as the gateways in front of Microsoft's services answer where a program expects JSON. */
export function htmlAnswer(status: number, title: string, text: string): Answer {
  const page = `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body><h1>${title}</h1><p>${text}</p></body></html>\n`;
  return answer(status, 'text/html; charset=utf-8', page);
}

export function withHeaders(given: Answer, headers: Readonly<Record<string, string>>): Answer {
  return { ...given, headers: { ...given.headers, ...headers } };
}
