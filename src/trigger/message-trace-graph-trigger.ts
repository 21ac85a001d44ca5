import type { TriggerContext } from '@sekoia/automation-sdk-shim';
import type { MessageTraceGraphConfiguration } from '../configuration/settings.js';
import { accessByApplication } from './access-by-application.js';
import { TraceTrigger } from './trace-trigger.js';

/** The trigger "Message Trace (Microsoft Graph)": an application reads the message traces. */
export class MessageTraceGraphTrigger extends TraceTrigger<MessageTraceGraphConfiguration> {
  constructor(context: TriggerContext) {
    super(context, accessByApplication);
  }
}
