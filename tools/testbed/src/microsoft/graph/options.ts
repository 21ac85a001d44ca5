import type { Status } from '../world/mail-row.js';
import { defaultServiceOptions, type ServiceOptions } from '../service/service-front.js';

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

/** The properties that rows are compared by, besides the time. */
export const filterProperties = [
  'id',
  'messageId',
  'senderAddress',
  'recipientAddress',
  'subject',
  'status',
  'fromIP',
  'toIP',
] as const;

export type FilterProperty = (typeof filterProperties)[number];

/** How Microsoft Graph's message trace behaves. */
export interface GraphOptions extends ServiceOptions {
  /** Rows a page holds at most, however many `$top` asks for. */
  pageRows: number;
  /** Whether receivedDateTime has seven fraction digits, or as many as its milliseconds need. */
  sevenFractionDigits: boolean;
  /** How the statuses are spelled; the documentation's own samples disagree. */
  statusSpelling: StatusSpelling;
  /** A start older than that is refused. */
  historyDays: number;
  /** A longer range is refused. */
  maxRangeDays: number;
  /** Properties of `$filter` that are accepted and passed over in silence. */
  ignoredFilters: readonly FilterProperty[];
  /** Properties that a query must not name in `$filter`: it is refused. */
  refusedFilters: readonly FilterProperty[];
  /**
   * How many rows of one message a query shows that does not name its id, as Microsoft's page of Get-MessageTraceV2
   * hints; null where it shows all.
   */
  rowsWithoutId: number | null;
  /** Requests that the whole tenant has in any running window. */
  quotaRequests: number;
  /** The length of that window. */
  quotaWindowMs: number;
  /** How many of these requests the tenant's other applications use up, in each window. */
  quotaTakenByOthers: number;
  /** Whether a refusal for the quota says in Retry-After when there is room again. */
  quotaRetryAfter: boolean;
  /**
   * When the service principal of Microsoft's own application begins to work in the tenant, in milliseconds since 1970:
   * some hours after its creation. Null: it has not been created.
   */
  servicePrincipalFromMs: number | null;
  /** The status of the refusal until then. */
  servicePrincipalError: 401 | 403;
  /** The host that the fault `link-to-another-host` names. */
  foreignOrigin: string;
}

export const defaultOptions: Readonly<GraphOptions> = {
  ...defaultServiceOptions,
  pageRows: 5_000,
  sevenFractionDigits: false,
  statusSpelling: 'camelCase',
  historyDays: 90,
  maxRangeDays: 10,
  ignoredFilters: [],
  refusedFilters: [],
  rowsWithoutId: null,
  quotaRequests: 100,
  quotaWindowMs: 300_000,
  quotaTakenByOthers: 0,
  quotaRetryAfter: true,
  servicePrincipalFromMs: 0,
  servicePrincipalError: 401,
  foreignOrigin: 'https://graph.attacker.example',
};
