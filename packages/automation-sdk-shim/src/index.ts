export * from './budgets.js';
export { Module, type ModuleOptions } from './module/module.js';
export { Trigger, type TriggerClass, type TriggerContext } from './module/trigger.js';
export { Action, type ActionClass, type ActionContext, type ActionResults } from './module/action.js';
export { Connector, type IntakeConfiguration } from './module/connector.js';
export { AccountValidator, ManifestValidator, type ValidatorContext } from './module/account-validator.js';
export {
  ConfigurationError,
  LockHeldError,
  SendEventError,
  ServiceError,
  UndeliveredError,
  type Span,
} from './errors.js';
export type { IntakeClient, Receipt } from './intake/intake-client.js';
export { MAX_EVENT_BYTES, type Rejection } from './intake/chunks.js';
export type { Buckets, DataStore, FolderSize, PersistentDocument } from './data/data-store.js';
export { acceptor, MAX_STORED_TIME_MS, MIN_STORED_TIME_MS } from './data/lock-owner.js';
export { StoreError } from './data/data-store.js';
export { HttpClient, type HttpResponse } from './http/http-client.js';
export { NetworkError } from './http/network-error.js';
export { RequestedWaits, retryAfterMs } from './http/retry-after.js';
export type { Health } from './health.js';
export { checkSettings, type SettingsFromModule, type SettingsRules } from './configuration/settings.js';
export { replaceFile } from './data/folder/files.js';
export { askIntake, sendEach, type ShortIntakeOptions } from './intake/short-intake.js';
export { openStoreAccess } from './data/locate-store.js';
export type { StoreAccess } from './data/store-access.js';
export { checkProxies, proxyFor } from './http/proxies.js';
export { trustProblems } from './http/trust-store.js';
export type { JsonObject, JsonValue } from './json.js';
export { JsonTooLargeError, parseWithin, readJson } from './json.js';
export { excerpt, excerptOfPage } from './log/foreign-text.js';
export { noteCredential, noteTokenFields, SECRETS } from './log/redactor.js';
export { spellingsOf } from './log/spellings.js';
export type { Log } from './log/log.js';
export { REAL_TIMERS, sleep, type Timers } from './time.js';
