import { setFlagsFromString } from 'node:v8';
import { ManifestValidator, Module } from '@sekoia/automation-sdk-shim';
import { MessageTraceGraphTrigger } from '../src/trigger/message-trace-graph-trigger.js';
import { MessageTraceTrigger } from '../src/trigger/message-trace-trigger.js';

// Pages become garbage as fast as they come: V8 would let the heap grow to several times of what is held at once.
setFlagsFromString('--heap-growing-percent=30');
setFlagsFromString('--semi-space-growth-factor=1');

const module = new Module({ root: new URL('../../', import.meta.url) });
module.register(MessageTraceTrigger, 'message_trace');
module.register(MessageTraceGraphTrigger, 'message_trace_graph');
module.registerAccountValidator(ManifestValidator);
await module.run();
