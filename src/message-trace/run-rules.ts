/** Which rows start a playbook run: the entries of the setting `run_playbook_on`. See docs/playbook-runs.md. */
import type { DeliveredRow } from '../model/ports.js';
import type { InternalDomains } from './direction.js';
import { surelyFits } from './filter.js';
import { isProblem, readRule, type Rule, type RuleField, type RuleProblem } from './filter-rule.js';
import { camelCaseStatus, statusNamed } from './status.js';

/** A message was let out of quarantine. */
const LATE_DELIVERY = 'late delivery after quarantine';
const EXPECTED = `a status such as quarantined, failed, filteredAsSpam or recalled, "${LATE_DELIVERY}", or a rule such as "status: failed and sender: *@example.com"`;

type FoundRow = Pick<DeliveredRow, 'record' | 'previousStatus'>;

export interface RunRule {
  /** In one spelling: it stands in the payload as the reason of a run. */
  readonly text: string;
  /** Those that the rule asks for. */
  readonly fields: readonly RuleField[];
  readonly fits: (row: FoundRow, internal: InternalDomains) => boolean;
}

/** Reads an entry that is not blank: the name of a status, the late delivery, or a rule as in `do_not_send`. */
export function readRunRule(text: string): RunRule | RuleProblem {
  if (lettersOf(text) === lettersOf(LATE_DELIVERY))
    return { text: LATE_DELIVERY, fields: ['status'], fits: isLateDelivery };
  const status = statusNamed(text);
  if (status === undefined && !text.includes(':')) return { position: 1, expected: EXPECTED };
  const rule = readRule(status === undefined ? text : `status: ${status}`);
  return isProblem(rule) ? rule : runRuleOf(status ?? rule.text, rule);
}

function runRuleOf(text: string, rule: Rule): RunRule {
  return {
    text,
    fields: rule.conditions.map(({ field }) => field),
    fits: ({ record }, internal) => surelyFits(rule, record, internal),
  };
}

function isLateDelivery({ record, previousStatus }: FoundRow): boolean {
  return (
    previousStatus === 'quarantined' && record.status !== undefined && camelCaseStatus(record.status) === 'delivered'
  );
}

/** `Late-Delivery after quarantine` is the same as `late delivery after quarantine`. */
function lettersOf(text: string): string {
  return text.toLowerCase().replace(/[\s_-]/g, '');
}
