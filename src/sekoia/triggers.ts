import type { TriggerContext } from '@sekoia/automation-sdk-shim';
import { settingsFromAccount } from '../settings/connected-account.js';
import { accountOptions, applicationOptions } from '../settings/options.js';
import type { MessageTraceConfiguration, MessageTraceGraphConfiguration } from '../settings/values.js';
import { accessByAccount, rulesForAccount } from './access-by-account.js';
import { TraceTrigger } from './trace-trigger.js';
import { accessByApplication, rulesForApplication } from './access-by-application.js';

/** The trigger "Message Trace": a service account reads the message traces. */
export class MessageTraceTrigger extends TraceTrigger<MessageTraceConfiguration> {
  static override readonly rules = rulesForAccount;

  constructor(context: TriggerContext) {
    super(context, (settings) => accessByAccount(accountOptions(settings)));
  }
}

/** The trigger "Message Trace (Microsoft Graph)": an application reads the message traces. */
export class MessageTraceGraphTrigger extends TraceTrigger<MessageTraceGraphConfiguration> {
  static override readonly rules = rulesForApplication;
  static override readonly settingsFromModule = settingsFromAccount;

  constructor(context: TriggerContext) {
    super(context, (settings) => accessByApplication(applicationOptions(settings)));
  }
}
