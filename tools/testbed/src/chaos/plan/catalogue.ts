/** The kinds of fault of a side, by what they cost the module. */
import { graphFaults } from '../../microsoft/graph/service-faults.js';
import { jsonBombs, passingFaults } from '../../microsoft/faults/transport-faults.js';
import { reportingFaults } from '../../microsoft/reporting-web-service/service-faults.js';
import { tokenFaults } from '../../microsoft/token-service/wording.js';
import { INTAKE_FAULTS } from '../../sekoia/intake-totals.js';
import type { ServerFault } from '../../sekoia/server-faults.js';
import {
  INTAKE_MANNERS,
  type IntakeManner,
  type IsOn,
  type OutageOf,
  type Side,
  SIDES,
  STEP_KINDS,
  type StepKind,
} from './steps.js';

interface Kinds {
  /** Got over within seconds: any share of the answers may be like that. */
  readonly passing: readonly string[];
  /** Waited out for a minute or two: one at a time. */
  readonly dear: readonly string[];
}

/** Everything that a plan may draw from. */
export interface Catalogue extends Readonly<Record<Side, Kinds>> {
  readonly outages: Readonly<Record<OutageOf, readonly string[]>>;
  readonly manners: readonly IntakeManner[];
  readonly steps: readonly StepKind[];
}

/** Faults of Microsoft's that API and token service have in common, and that can last: for outages. */
const MICROSOFT_OUTAGES = ['http-500', 'http-502', 'http-503', 'reset-before-answer', 'html-with-200'] as const;
const INTAKE_OUTAGES: readonly ServerFault[] = [
  ...(['401', '404', '429', '500', '502', '503', 'html'] as const),
  ...(['reset-before-reading', 'reset-after-reading'] as const),
];
/** The API answers everything, but nothing can be read. */
const UNREADABLE = ['http-400', 'link-to-another-host', 'empty-page-with-link'] as const;

/** After a missing service principal the module rightly waits five minutes: it would do nothing else. */
const LEFT_OUT: readonly string[] = ['service-principal-less'];

/** After each of them the module may wait for minutes, or calculate for seconds. */
const DEAR_ANYWHERE: readonly string[] = ['http-503-retry-after-600', 'http-429-retry-after-huge', ...jsonBombs];
/** What only a person can mend as a rule, or an answer that is waited for until it counts as lost. */
const DEAR_OF_APIS: readonly string[] = [
  ...['http-403', 'http-404', 'http-410'],
  ...['sign-in-page', 'sign-in-redirect', 'no-answer'],
  ...['echo-plain', 'echo-html'],
  ...DEAR_ANYWHERE,
];
/** HTTP Basic has no fresh token to try a 401 again with. */
const DEAR_OF_BASIC: readonly string[] = [...DEAR_OF_APIS, 'http-401'];
/** Each halves what the module believes to be left of the quota, which takes it hours to win back. */
const DEAR_OF_GRAPH: readonly string[] = [
  ...DEAR_OF_APIS,
  ...['http-429', 'http-429-retry-after-seconds', 'over-quota-429'],
];
const PASSING_OF_TOKENS: readonly string[] = [
  ...passingFaults,
  ...['echo-url-encoded', 'echo-base64'],
  ...['http-429', 'http-503-retry-after-date', 'slow-answer'],
  ...['temporarily-unavailable', 'no-fields-200'],
  ...['aadsts-50087', 'aadsts-90024', 'aadsts-90033', 'aadsts-90055'],
];
/** After an answer without ids the module waits longer each time, as the intake may store the batch each time. */
const DEAR_OF_INTAKE: readonly string[] = ['hang', 'no-ids'];
const LOGS: Kinds = {
  passing: [
    ...['408', '429', '500', '502', '503', '503-retry-after-seconds'],
    ...['reset-before-reading', 'reset-after-reading', 'html'],
  ],
  dear: ['hang'],
};

/** Every kind of fault that the stand-ins have, but for what is left out, of an API that takes a token or none. */
export function catalogueOf(api: 'graph' | 'reporting_web_service', isOn: IsOn = () => true): Catalogue {
  const split = (kinds: readonly string[], isDear: (kind: string) => boolean): Kinds => {
    const used = kinds.filter((kind) => !LEFT_OUT.includes(kind) && isOn(kind));
    return { passing: used.filter((kind) => !isDear(kind)), dear: used.filter(isDear) };
  };
  return {
    api:
      api === 'graph'
        ? split(graphFaults, (kind) => DEAR_OF_GRAPH.includes(kind))
        : split(reportingFaults, (kind) => DEAR_OF_BASIC.includes(kind)),
    tokens: split(tokenFaults, (kind) => !PASSING_OF_TOKENS.includes(kind)),
    intake: split(INTAKE_FAULTS, (kind) => DEAR_OF_INTAKE.includes(kind)),
    logs: { passing: LOGS.passing.filter(isOn), dear: LOGS.dear.filter(isOn) },
    outages: {
      microsoft: MICROSOFT_OUTAGES.filter(isOn),
      intake: INTAKE_OUTAGES.filter(isOn),
      api: UNREADABLE.filter(isOn),
    },
    manners: INTAKE_MANNERS.filter(isOn),
    steps: STEP_KINDS.filter(isOn),
  };
}

/** All names that `--only` and `--without` know. */
export function kindsOf(catalogue: Catalogue): string[] {
  const { manners, steps, outages } = catalogue;
  const ofSides = SIDES.flatMap((side) => [...catalogue[side].passing, ...catalogue[side].dear]);
  return [...new Set([...ofSides, ...manners, ...steps, ...Object.values(outages).flat()])];
}
