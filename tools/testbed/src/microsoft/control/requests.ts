import type { FaultMatch, RandomFaults } from '../../faults/fault-plan.js';
import * as read from './readers.js';
import type { BulkMail, LiveMail } from '../world/mail-plan.js';
import { filterProperties, type GraphOptions } from '../graph/options.js';
import type { ReportingOptions } from '../reporting-web-service/trace-query.js';
import type { ServiceOptions } from '../service/service-front.js';
import type { FederatedCredential } from '../token-service/issued-tokens.js';
import type { ManagedIdentity, TokenServiceOptions } from '../token-service/options.js';

interface ScriptedFault<Fault extends string> extends Required<FaultMatch> {
  readonly kind: Fault;
  readonly times: number;
}

/** What a page about faults may ask for: some of these. */
export interface FaultRequests<Fault extends string> {
  readonly next?: Partial<ScriptedFault<Fault>> & Pick<ScriptedFault<Fault>, 'kind'>;
  readonly random?: RandomFaults<Fault>;
  readonly clear?: boolean;
}

/** Reads what the page about the faults of a service accepts; it knows these kinds. */
export function faultRequests<Fault extends string>(kinds: readonly Fault[]): read.Reader<FaultRequests<Fault>> {
  const fault = read.oneOf(kinds);
  const scripted = read.fieldsWith<ScriptedFault<Fault>, 'kind'>({ kind: fault, times, page }, ['kind']);
  const random = read.fieldsWith<RandomFaults<Fault>, 'share' | 'kinds'>(
    { share: read.numberFrom(0, 1), kinds: read.listOf(fault), seed: read.wholeNumberFrom(0) },
    ['share', 'kinds'],
  );
  return read.fields<Required<FaultRequests<Fault>>>({ next: scripted, random, clear: read.truth });
}

const times = read.either(
  read.wholeNumberFrom(1),
  (value, name) => (read.oneOf(['always'])(value, name), Infinity),
  'a whole number of at least 1, or "always"',
);

const page = read.either(
  read.wholeNumberFrom(1),
  read.oneOf(['first', 'later'] as const),
  'a page from 1, "first" or "later"',
);

/** What the page about mail accepts. Checks across fields are those of the world. */

const share = read.numberFrom(0, 1);
const behaviour = {
  lateShare: share,
  lateSeconds: read.pair,
  changingShare: share,
  changeSeconds: read.pair,
};
const bulkMail = read.fieldsWith<BulkMail, 'rows' | 'from' | 'to'>(
  {
    rows: read.wholeNumberFrom(0),
    from: read.instant,
    to: read.instant,
    recipients: read.wholeNumberFrom(1),
    ...behaviour,
  },
  ['rows', 'from', 'to'],
);
const liveMail = read.fieldsWith<LiveMail, 'rowsPerHour' | 'from'>(
  { rowsPerHour: read.numberFrom(0), from: read.instant, ...behaviour },
  ['rowsPerHour', 'from'],
);

interface MailRequest {
  readonly add: ReturnType<typeof bulkMail>;
  readonly live: ReturnType<typeof liveMail>;
  /** Ends all live mail that was started through the control pages. */
  readonly stopLive: boolean;
}
export const mailRequest = read.fields<MailRequest>({ add: bulkMail, live: liveMail, stopLive: read.truth });

/** What the pages about options accept: everything but functions. */
type Functions = 'now' | 'alter';

const serviceOptions: read.Readers<Omit<ServiceOptions, Functions>> = {
  latencyMs: read.numberFrom(0),
  clockOffsetMs: read.numberFrom(-Number.MAX_SAFE_INTEGER),
  dateOffsetMs: read.numberFrom(-Number.MAX_SAFE_INTEGER),
  retryAfterSeconds: read.wholeNumberFrom(0),
  slowResponseMs: read.numberFrom(0),
  signInOrigin: read.origin,
};

export const reportingOptions = read.fields<Omit<ReportingOptions, Functions>>({
  pageRows: read.wholeNumberFrom(1),
  dialect: read.oneOf(['negotiated', 'odata-2', 'odata-3']),
  dAsArray: read.truth,
  paging: read.oneOf(['link', 'relative-link', 'skiptoken']),
  skiptokenStarts: read.oneOf(['at', 'after']),
  stablePages: read.truth,
  inclusiveBounds: read.truth,
  historyDays: read.numberFrom(0),
  maxRangeDays: read.either(read.numberFrom(0), read.nothing, 'a number of at least 0, or null'),
  foreignOrigin: read.origin,
  accountName: read.text,
  accountPassword: read.text,
  ...serviceOptions,
});

export const graphOptions = read.fields<Omit<GraphOptions, Functions>>({
  pageRows: read.wholeNumberFrom(1),
  sevenFractionDigits: read.truth,
  statusSpelling: read.oneOf(['camelCase', 'PascalCase', 'UPPERCASE']),
  historyDays: read.numberFrom(0),
  maxRangeDays: read.numberFrom(0),
  ignoredFilters: read.listOf(read.oneOf(filterProperties)),
  refusedFilters: read.listOf(read.oneOf(filterProperties)),
  rowsWithoutId: read.either(read.wholeNumberFrom(1), read.nothing, 'a whole number of at least 1, or null'),
  quotaRequests: read.wholeNumberFrom(0),
  quotaWindowMs: read.numberFrom(0),
  quotaTakenByOthers: read.wholeNumberFrom(0),
  quotaRetryAfter: read.truth,
  servicePrincipalFromMs: read.either(read.instant, read.nothing, 'a time such as 2022-07-25T12:00:00Z, or null'),
  servicePrincipalError: read.either(read.exactly(401), read.exactly(403), '401 or 403'),
  foreignOrigin: read.origin,
  ...serviceOptions,
});

export const tokenServiceOptions = read.fields<Omit<TokenServiceOptions, Functions>>({
  tenantId: read.text,
  clientId: read.text,
  clientSecret: read.text,
  certificates: read.listOf(read.certificate),
  federatedCredentials: read.listOf(
    read.fieldsWith<FederatedCredential, keyof FederatedCredential>(
      { issuer: read.text, subject: read.text, audience: read.text, keys: read.listOf(read.text) },
      ['issuer', 'subject', 'audience', 'keys'],
    ),
  ),
  managedIdentities: read.listOf(
    read.fieldsWith<ManagedIdentity, keyof ManagedIdentity>(
      { kind: read.oneOf(['system-assigned', 'user-assigned']), clientId: read.text },
      ['kind', 'clientId'],
    ),
  ),
  identityHeader: read.text,
  opaqueTokens: read.truth,
  publicClientFlows: read.truth,
  permissions: read.listOf(read.text),
  tokenLifetimeSeconds: read.wholeNumberFrom(0),
  lockoutAttempts: read.wholeNumberFrom(1),
  lockoutSeconds: read.numberFrom(0),
  ...serviceOptions,
});
