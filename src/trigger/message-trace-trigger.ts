import type { TriggerContext } from '@sekoia/automation-sdk-shim';
import type { MessageTraceConfiguration } from '../settings/values.js';
import { accessByAccount, rulesForAccount } from './access-by-account.js';
import { TraceTrigger } from './trace-trigger.js';

/** The trigger "Message Trace": a service account reads the message traces. */
export class MessageTraceTrigger extends TraceTrigger<MessageTraceConfiguration> {
  static override readonly rules = rulesForAccount;

  constructor(context: TriggerContext) {
    super(context, accessByAccount);
  }
}
