/** Whether Microsoft lets an application read the message traces, step by step. */
import type { Guidance } from '../microsoft/classify-response.js';
import { type Api, APIS } from '../microsoft/clouds.js';
import type { Authorization } from '../microsoft/sign-in/authorization.js';
import { notReady, type ServicePrincipalLookup } from '../microsoft/sign-in/service-principal.js';
import { isReadable, missingPermission, type WantedPermission } from '../microsoft/sign-in/token.js';
import { NotReadyError } from '../model/errors.js';
import type { TraceRecord } from '../model/record.js';
import type { Check, Finding } from './check.js';

export interface CheckedApi {
  readonly api: Api;
  readonly guidance: Guidance;
  readonly wanted: WantedPermission;
  /** A token, whatever it permits. */
  readonly authorization: Authorization;
  /** Of Microsoft Graph. */
  readonly servicePrincipal?: ServicePrincipalLookup | undefined;
  /** Asks for rows of the last hour. */
  readonly lastHour: (signal: AbortSignal) => Promise<LastHour>;
  /** Names of checks without which signing in has no chance. */
  readonly needs?: readonly string[];
}

/** What was read of the last hour. */
export interface LastHour {
  readonly newest: TraceRecord | undefined;
  /** Where more than the newest was asked for. */
  readonly rows?: number;
  /** Whether there are more rows than that. */
  readonly hasMore?: boolean;
  /** Microsoft's, in milliseconds since 1970. */
  readonly nowMs?: number;
}

const SIGN_IN = 'sign-in';
const QUERY = 'query';
const PERMISSION = 'permission';
const SERVICE_PRINCIPAL = 'service principal';
const network = 'and that its name resolves and no proxy or firewall keeps the module from it.';

/** The steps in the order in which they can fail. */
export function microsoftChecks(checked: CheckedApi): readonly Check[] {
  const { authorization, servicePrincipal, needs = [] } = checked;
  return [
    {
      name: SIGN_IN,
      needs,
      remedyWithoutAnswer: `If this lasts, check authority_url, ${network}`,
      run: async (signal) => {
        await authorization.header(signal);
        return { outcome: 'good', sentence: 'Entra ID gave a token.' };
      },
    },
    {
      name: PERMISSION,
      needs: [SIGN_IN],
      run: async (signal) => permissionIn((await authorization.header(signal)).replace(/^Bearer /, ''), checked),
    },
    ...(servicePrincipal === undefined ? [] : [servicePrincipalCheck(servicePrincipal)]),
    {
      name: QUERY,
      needs: [SIGN_IN, PERMISSION, SERVICE_PRINCIPAL],
      remedyWithoutAnswer: `If this lasts, check api_url, ${network}`,
      run: async (signal) => {
        return lastHourFinding(await explainedBy(servicePrincipal, signal, () => checked.lastHour(signal)));
      },
    },
  ];
}

/** The same where HTTP Basic proves who asks: nothing is known before the query. */
export function basicChecks({ lastHour, needs = [] }: Pick<CheckedApi, 'lastHour' | 'needs'>): readonly Check[] {
  return [
    {
      name: QUERY,
      needs,
      remedyWithoutAnswer: `If this lasts, check api_url, ${network}`,
      run: async (signal) => lastHourFinding(await lastHour(signal)),
    },
  ];
}

const MINUTE_MS = 60_000;

function lastHourFinding({ newest, rows, hasMore = false, nowMs }: LastHour): Finding {
  if (newest === undefined) return { outcome: 'good', sentence: 'The last hour was read. It has no row.' };
  const { received = 'no time', receivedMs } = newest;
  const counted =
    rows === undefined ? '' : ` It has ${rows}${hasMore ? ' or more' : ''} ${rows === 1 ? 'row' : 'rows'}.`;
  const ago =
    nowMs === undefined || receivedMs === undefined
      ? ''
      : `, ${Math.max(0, Math.round((nowMs - receivedMs) / MINUTE_MS))} min ago`;
  return { outcome: 'good', sentence: `The last hour was read.${counted} Its newest row is of ${received}${ago}.` };
}

/** What a token lacks is no failure where the API is not known to refuse it. */
function permissionIn(token: string, { api, wanted, guidance }: CheckedApi): Finding {
  if (!isReadable(token))
    return { outcome: 'skipped', sentence: 'What the token permits cannot be read: the query will tell.' };
  const problem = missingPermission(wanted, token);
  if (problem === undefined) return { outcome: 'good', sentence: `The token has the permission ${wanted.name}.` };
  return {
    outcome: APIS[api].refusesWithoutPermission ? 'bad' : 'skipped',
    sentence: problem,
    remedy: guidance.refused,
  };
}

function servicePrincipalCheck(lookup: ServicePrincipalLookup): Check {
  return {
    name: SERVICE_PRINCIPAL,
    needs: [SIGN_IN],
    run: async (signal) => {
      const state = await lookup.state(signal).catch(() => undefined);
      if (state === 'present')
        return { outcome: 'good', sentence: "The tenant has the service principal of Microsoft's reader." };
      if (state !== undefined) throw notReady(state);
      return {
        outcome: 'skipped',
        sentence:
          'The directory did not say whether the service principal exists: that takes the permission ' +
          'Application.Read.All, which the module does not need. The query will tell.',
      };
    },
  };
}

/** Graph refuses in the same words whether the service principal is missing or still being set up. */
async function explainedBy<Result>(
  lookup: ServicePrincipalLookup | undefined,
  signal: AbortSignal,
  ask: () => Promise<Result>,
): Promise<Result> {
  try {
    return await ask();
  } catch (error) {
    throw error instanceof NotReadyError && lookup !== undefined ? await lookup.explained(error, signal) : error;
  }
}
