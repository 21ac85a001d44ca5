import { Module } from '@sekoia/automation-sdk-shim';
import { FindMessageRecipients } from '../src/actions/find-message-recipients.js';
import { GetMessageTraceDetails } from '../src/actions/get-message-trace-details.js';
import { SearchMessageTraces } from '../src/actions/search-message-traces.js';
import { ConnectedAccountValidator } from '../src/sekoia/account-validator.js';
import { MessageTraceGraphTrigger, MessageTraceTrigger } from '../src/sekoia/triggers.js';

const module = new Module({ root: new URL('../../', import.meta.url) });
module.register(MessageTraceTrigger, 'message_trace');
module.register(MessageTraceGraphTrigger, 'message_trace_graph');
module.register(SearchMessageTraces, 'search_message_traces');
module.register(GetMessageTraceDetails, 'get_message_trace_details');
module.register(FindMessageRecipients, 'find_message_recipients');
module.registerAccountValidator(ConnectedAccountValidator);
await module.run();
