import { ManifestValidator, Module } from '@sekoia/automation-sdk-shim';
import { MessageTraceGraphTrigger } from '../src/trigger/message-trace-graph-trigger.js';
import { MessageTraceTrigger } from '../src/trigger/message-trace-trigger.js';

const module = new Module({ root: new URL('../../', import.meta.url) });
module.register(MessageTraceTrigger, 'message_trace');
module.register(MessageTraceGraphTrigger, 'message_trace_graph');
module.registerAccountValidator(ManifestValidator);
await module.run();
