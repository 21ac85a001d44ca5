import type { TriggerContext } from '@sekoia/automation-sdk-shim';
import type { MessageTraceGraphConfiguration } from '../settings/values.js';
import { accessByApplication, rulesForApplication } from './access-by-application.js';
import { TraceTrigger } from './trace-trigger.js';

/** The trigger "Message Trace (Microsoft Graph)": an application reads the message traces. */
export class MessageTraceGraphTrigger extends TraceTrigger<MessageTraceGraphConfiguration> {
  static override readonly rules = rulesForApplication;

  constructor(context: TriggerContext) {
    super(context, accessByApplication);
  }
}
