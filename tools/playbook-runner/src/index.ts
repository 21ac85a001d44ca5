export { DeliveryAudit, type AuditReport } from './audit/delivery-audit.js';
export type { RepeatedDelivery, VisibleRow } from './audit/delivery-audit.js';
export { identifyEvent, type RowIdentity } from './audit/row-identity.js';
export { FaultPlan, type RandomFaults } from './faults/fault-plan.js';
export { SERVER_FAULTS, type ServerFault } from './faults/fault-plan.js';
export { MAX_EVENT_BYTES, MAX_REQUEST_BYTES } from './intake/batch.js';
export { startIntake, type Intake, type IntakeOptions } from './intake/intake.js';
export { INTAKE_FAULTS, type IntakeFault } from './intake/intake-fault.js';
export type { IntakeTotals, RequestResult } from './intake/totals.js';
export type { LogEntry } from './platform/platform.js';
export {
  startPlatform,
  type Endpoint,
  type Platform,
  type PlatformOptions,
  type PlatformRecords,
} from './platform/platform.js';
export type { RecordedRequest } from './platform/platform.js';
export type { Exit, OutputLine, Stop } from './runner/child-process.js';
export { TriggerProcess, type HealthResponse, type TriggerOptions } from './runner/trigger-process.js';
export type { WaitOptions } from './waiting/wait-for.js';
