import { Module } from '@sekoia/automation-sdk-shim';
import { ConnectedAccountValidator } from '../src/sekoia/account-validator.js';
import { MessageTraceGraphTrigger, MessageTraceTrigger } from '../src/sekoia/triggers.js';

const module = new Module({ root: new URL('../../', import.meta.url) });
module.register(MessageTraceTrigger, 'message_trace');
module.register(MessageTraceGraphTrigger, 'message_trace_graph');
module.registerAccountValidator(ConnectedAccountValidator);
await module.run();
