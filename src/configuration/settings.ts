/** The settings of each trigger, as its card describes them, with the defaults filled in. */
export type { MessageTraceConfiguration } from './generated/message-trace.js';
export type { MessageTraceGraphConfiguration } from './generated/message-trace-graph.js';
