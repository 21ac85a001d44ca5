export { DeliveryAudit, type AuditReport } from './books/books.js';
export type { RepeatedDelivery, VisibleRow } from './books/comparison.js';
export { identifyEvent, type RowIdentity } from './books/row-identity.js';
export { FaultPlan, type RandomFaults } from './faults/fault-plan.js';
export { SERVER_FAULTS, type ServerFault } from './faults/server-fault.js';
export { MAX_EVENT_BYTES, MAX_REQUEST_BYTES } from './intake/batch.js';
export { startIntake, type Intake, type IntakeOptions } from './intake/intake.js';
export { INTAKE_FAULTS, type IntakeFault } from './intake/intake-fault.js';
export type { IntakeTotals, RequestResult } from './intake/totals.js';
export type { LogEntry } from './platform/log-entries.js';
export {
  startPlatform,
  type Endpoint,
  type Platform,
  type PlatformOptions,
  type PlatformRecords,
} from './platform/platform.js';
export type { RecordedRequest } from './platform/recorded-request.js';
export type { Exit, OutputLine, Stop } from './runner/child-process.js';
export { TriggerProcess, type HealthResponse, type TriggerOptions } from './runner/trigger-process.js';
export type { WaitOptions } from './waiting/waiting-room.js';
