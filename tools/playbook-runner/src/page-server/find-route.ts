import { MethodError, HttpError } from '../http/messages.js';

interface Found<Response> {
  readonly response: Response;
  /** What stands in the path for `:id` and the like, by name. */
  readonly parts: Readonly<Record<string, string>>;
}

/**
 * The route for a request. HEAD is answered as GET is.
 *
 * @param routes by method and path, such as `PUT /api/playbooks/:id`
 * @throws {HttpError} 404, or a MethodRefusal where the path is known with other methods.
 */
export function findRoute<Response>(
  routes: Readonly<Record<string, Response>>,
  method: string,
  path: string,
): Found<Response> {
  const asked = method === 'HEAD' ? 'GET' : method;
  const methods: string[] = [];
  for (const [route, response] of Object.entries(routes)) {
    const [routeMethod = '', pattern = ''] = route.split(' ');
    const parts = match(pattern, path);
    if (parts === undefined) continue;
    if (routeMethod === asked) return { response, parts };
    methods.push(...(routeMethod === 'GET' ? ['GET', 'HEAD'] : [routeMethod]));
  }
  if (methods.length === 0) throw new HttpError(404, 'There is no such address: reload the page.');
  throw new MethodError(methods);
}

function match(pattern: string, path: string): Readonly<Record<string, string>> | undefined {
  const [expected, given] = [pattern.split('/'), path.split('/')];
  if (expected.length !== given.length) return undefined;
  const parts: Record<string, string> = {};
  for (const [position, name] of expected.entries()) {
    const part = given[position] ?? '';
    if (name.startsWith(':')) parts[name.slice(1)] = decode(part);
    else if (name !== part) return undefined;
  }
  return parts;
}

/** What cannot be decoded names nothing. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}
