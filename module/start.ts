import { ManifestValidator, Module } from '@sekoia/automation-sdk-shim';
import { MessageTraceGraphTrigger, MessageTraceTrigger } from '../src/sekoia/triggers.js';

const module = new Module({ root: new URL('../../', import.meta.url) });
module.register(MessageTraceTrigger, 'message_trace');
module.register(MessageTraceGraphTrigger, 'message_trace_graph');
module.registerAccountValidator(ManifestValidator);
await module.run();
