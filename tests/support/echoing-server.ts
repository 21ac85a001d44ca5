import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { startLoopback, type Loopback } from './loopback.js';

export interface EchoedRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** How a request is echoed, as proxies and frameworks do in their pages of errors. */
const echoForms = {
  'a JSON error': (request) => JSON.stringify({ error: { code: 'Bad', message: all(request) } }),
  'a JSON error in JSON': (request) =>
    JSON.stringify({ error: 'invalid', error_description: JSON.stringify({ request: all(request, 190) }) }),
  'a page of HTML': (request) => `<html><body><h1>Error</h1><pre>${html(all(request))}</pre></body></html>`,
  'a page without escapes': (request) => `<html><body><h1>Error</h1><pre>${all(request)}</pre></body></html>`,
  'an answer that is cut off': (request) => {
    const text = JSON.stringify({ error: { code: 'Bad', message: all(request) } });
    return text.slice(0, text.length - Math.min(60, text.length >> 2));
  },
  'a dump in base64': (request) =>
    JSON.stringify({ message: Buffer.from(all(request, 150)).toString('base64').replace(/.{76}/g, '$&\r\n') }),
  'its address in escapes': (request) => `Not valid: ${encodeURIComponent(all(request))}`,
} satisfies Record<string, (request: EchoedRequest) => string>;

export type EchoForm = keyof typeof echoForms;

/** The credential first, and after so many characters that an excerpt ends within it. */
function all({ method, target, headers, body }: EchoedRequest, dots = 230): string {
  const credential = headers['authorization'] === undefined ? '' : `authorization: ${String(headers['authorization'])}`;
  return `${'.'.repeat(dots)} ${credential}\n${body}\n${method} ${target}\n${JSON.stringify(headers)}`;
}

function html(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

/** As a header can hold it. */
function inHeader(request: EchoedRequest): string {
  return all(request)
    .replaceAll('.', '')
    .replace(/[^\x20-\x7e]+/g, ' ')
    .slice(0, 4000);
}

/**
 * A server that answers a request with itself.
 * @param serve answers a request in another way; true where it did
 */
export function startEchoingServer(
  status: number,
  form: EchoForm,
  serve: (request: EchoedRequest, response: ServerResponse) => boolean = () => false,
): Promise<Loopback> {
  return startLoopback((request, response) => {
    if (serve(request, response)) return;
    const headers: OutgoingHttpHeaders = {
      'Content-Type': /JSON|base64/.test(form) ? 'application/json' : 'text/html',
      'WWW-Authenticate': `Bearer error="${inHeader(request)}"`,
      'X-Request': inHeader(request),
      Date: new Date().toUTCString(),
      ...(status >= 300 && status < 400 && { Location: `https://elsewhere.example/?${inHeader(request)}` }),
    };
    response.writeHead(status, inHeader(request).slice(0, 100), headers);
    response.end(echoForms[form](request));
  });
}
