import type { Dialect, DialectName } from './dialect.js';
import { odata2 } from './odata-2.js';
import { odata3 } from './odata-3.js';

/** `dAsArray`: see the option of that name. */
export function dialectOf(name: DialectName, dAsArray: boolean): Dialect {
  return name === 'odata-3' ? odata3 : odata2(dAsArray);
}

/** What `$format`, and without it the Accept header, ask for; null for Atom, which this service does not speak. */
export function negotiate(format: string | null, accept: string | undefined): DialectName | null {
  if (format !== null) return format.toLowerCase() === 'json' ? 'odata-2' : null;
  const wanted = accept?.toLowerCase() ?? '';
  if (/odata\s*=\s*verbose/.test(wanted)) return 'odata-2';
  return wanted.includes('application/json') ? 'odata-3' : null;
}
