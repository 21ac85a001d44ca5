import type { Status } from '../world/row-timeline.js';

export type StatusSpelling = 'camelCase' | 'PascalCase' | 'UPPERCASE';

/** The members of the documented enumeration; what the older service knows besides came later or is not told. */
const documented: readonly string[] = [
  'Delivered',
  'Expanded',
  'Failed',
  'FilteredAsSpam',
  'GettingStatus',
  'Pending',
  'Quarantined',
] satisfies Status[];

/** `unknownMembers`: whether the client asked for members that are not in the documented list. */
export function statusWording(status: Status, spelling: StatusSpelling, unknownMembers: boolean): string {
  return spelled(documented.includes(status) || unknownMembers ? status : 'UnknownFutureValue', spelling);
}

function spelled(name: string, spelling: StatusSpelling): string {
  switch (spelling) {
    case 'camelCase':
      return name.charAt(0).toLowerCase() + name.slice(1);
    case 'PascalCase':
      return name;
    case 'UPPERCASE':
      return name.toUpperCase();
  }
}

/** Whether a Prefer header (RFC 7240) asks for the members of an evolvable enumeration. */
export function prefersUnknownMembers(prefer: string | string[] | undefined): boolean {
  const preferences = [prefer ?? []].flat().join(',').split(',');
  return preferences.some((preference) => preference.trim().toLowerCase() === 'include-unknown-enum-members');
}
