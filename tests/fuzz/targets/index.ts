import type { OpenTarget } from '../engine/target.js';
import type { TargetName } from './names.js';

/** How each target is opened. Nothing else of it is loaded before. */
export const targets: Readonly<Record<TargetName, () => Promise<OpenTarget>>> = {
  'reporting-pages': async () => (await import('./pages.js')).openPages('reporting'),
  'graph-pages': async () => (await import('./pages.js')).openPages('graph'),
  'sign-in-application': async () => (await import('./sign-in.js')).openSignIn('application'),
  'sign-in-account': async () => (await import('./sign-in.js')).openSignIn('account'),
  'sign-in-managed-identity': async () => (await import('./sign-in.js')).openSignIn('managed-identity'),
  intake: async () => (await import('./intake.js')).openIntake(),
  platform: async () => (await import('./platform.js')).openPlatform(),
  configuration: async () => (await import('./configuration.js')).openConfiguration(),
  wire: async () => (await import('./wire.js')).openWire(),
  proxy: async () => (await import('./proxy.js')).openProxy(),
  state: async () => (await import('./state.js')).openState(),
  lock: async () => (await import('./lock.js')).openLock(),
};
