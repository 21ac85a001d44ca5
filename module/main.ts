import { Module } from '@sekoia/automation-sdk-shim';
import { MessageTraceTrigger } from '../src/trigger/message-trace-trigger.js';

const module = new Module({ root: new URL('../../', import.meta.url) });
module.register(MessageTraceTrigger, 'message_trace');
await module.run();
