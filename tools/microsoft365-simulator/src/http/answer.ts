/**
 * How an answer leaves: whole; `torn`, its connection closed in the middle of the body; `reset`, the connection reset
 * before a byte of it; `silence`, nothing ever.
 */
type Manner = 'whole' | 'torn' | 'reset' | 'silence';

export interface Response {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly manner: Manner;
  readonly delayMs: number;
}

export function respond(status: number, contentType: string, body: string): Response {
  return { status, headers: { 'Content-Type': contentType }, body, manner: 'whole', delayMs: 0 };
}

export function jsonResponse(status: number, value: unknown): Response {
  return respond(status, 'application/json; charset=utf-8', JSON.stringify(value));
}

/** A page for people, as the gateways in front of Microsoft's services answer where a program expects JSON. */
export function htmlResponse(status: number, title: string, text: string): Response {
  const page = `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body><h1>${title}</h1><p>${text}</p></body></html>\n`;
  return respond(status, 'text/html; charset=utf-8', page);
}

export function withHeaders(given: Response, headers: Readonly<Record<string, string>>): Response {
  return { ...given, headers: { ...given.headers, ...headers } };
}
