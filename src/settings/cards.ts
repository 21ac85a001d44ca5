import { accountSettings, applicationSettings } from './definition.js';
import type { Settings } from './setting.js';

/** What every card of the playbook editor says. */
export interface Card {
  /** Names the files and the command, such as `trigger_<command>.json`. */
  readonly command: string;
  readonly uuid: string;
  readonly name: string;
  readonly description: string;
  readonly title: string;
  /** An action's are its arguments. */
  readonly settings: Settings;
}

/** The triggers, each with a connector of the same settings. */
export const triggerCards: readonly Card[] = [
  {
    command: 'message_trace',
    uuid: 'eddc7d33-7474-4339-8050-0fda9d5a78d9',
    name: 'Message Trace',
    description:
      'Collects the message traces of Microsoft 365 (one row per message and recipient) and sends each as an event to an intake: every row, soon, once',
    title: 'Message Trace Configuration',
    settings: accountSettings,
  },
  {
    command: 'message_trace_graph',
    uuid: '78b4b497-824d-47e8-901a-71d131915385',
    name: 'Message Trace (Microsoft Graph)',
    description:
      'Collects the message traces of Microsoft 365 (one row per message and recipient) through Microsoft Graph, as an application, and sends each as an event to an intake: every row, soon, once',
    title: 'Message Trace Graph Configuration',
    settings: applicationSettings,
  },
];
