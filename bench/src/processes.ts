import { fileURLToPath } from 'node:url';
import { ChildProcess, type Exit, inheritedEnvironment, type Stop, TriggerProcess } from '@local/testbed';
import type { FloorOptions } from './floor.js';
import type { Api } from './tenant-messages.js';
import type { TenantProcess } from './tenant-process.js';

/** As the image starts it: the flags for the heap are in its own main.ts. */
const MODULE = fileURLToPath(new URL('../../dist/bundle/main.js', import.meta.url));
const FLOOR = fileURLToPath(new URL('floor.js', import.meta.url));
const USAGE = new URL('usage.js', import.meta.url).href;
/** The module's default, and what the floor posts at once. */
const CHUNK_SIZE = 1000;
const SHOWN_CHARACTERS = 3000;

/** A measured process that runs. */
export interface Program {
  readonly name: string;
  readonly pid: number;
  readonly exited: Promise<Exit>;
  /** What it wrote last. */
  output(): string;
  stop(signal?: NodeJS.Signals): Promise<Stop>;
}

/** Starts a program that writes what it has used into a file when it exits. */
export type Start = (tenant: TenantProcess, usageFile: string, dataFolder: string) => Promise<Program>;

export interface ModuleOptions {
  /** Changes to the settings. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** By default a new, empty one. */
  readonly dataFolder?: string;
  readonly nodeArguments?: readonly string[];
}

/** As in the image, where nothing names certificates to read at the start. */
const NO_CERTIFICATES = { NODE_EXTRA_CA_CERTS: '', SSL_CERT_FILE: '', SSL_CERT_DIR: '' };

function environment(usageFile: string): Record<string, string> {
  return { ...NO_CERTIFICATES, BENCH_USAGE: usageFile, NODE_ENV: 'production' };
}

/** The module, configured as the platform does. */
export function module({ settings, dataFolder, nodeArguments = [] }: ModuleOptions): Start {
  return async ({ addresses }, usageFile, emptyFolder) => {
    const trigger = await TriggerProcess.start({
      modulePath: MODULE,
      dockerParameters: addresses.dockerParameters,
      configuration: {
        ...addresses.settings,
        intake_key: addresses.intakeKey,
        intake_server: addresses.intakeUrl,
        frequency: 60,
        chunk_size: CHUNK_SIZE,
        ...settings,
      },
      token: addresses.token,
      urlCallback: addresses.callbackUrl,
      dataFolder: dataFolder ?? emptyFolder,
      nodeArguments: ['--import', USAGE, ...nodeArguments],
      environment: environment(usageFile),
    });
    return {
      name: 'The module',
      pid: trigger.pid ?? 0,
      exited: trigger.exited,
      output: () => `${trigger.stdout}\n${trigger.stderr}`.slice(-SHOWN_CHARACTERS),
      stop: (signal) => trigger.stop(signal),
    };
  };
}

/** The floor, which reads the range and ends. */
export function floor(api: Api, range: { readonly fromMs: number; readonly toMs: number }): Start {
  return async ({ addresses }, usageFile) => {
    const { apiUrl, authorityUrl, settings, intakeUrl, intakeKey } = addresses;
    const access = { api, apiUrl, authorityUrl, settings, intakeUrl, intakeKey };
    const options: FloorOptions = { ...access, chunkSize: CHUNK_SIZE, fromMs: range.fromMs, toMs: range.toMs };
    const child = await ChildProcess.start({
      arguments: ['--import', USAGE, FLOOR, JSON.stringify(options)],
      environment: { ...inheritedEnvironment(process.env), ...environment(usageFile) },
    });
    return {
      name: 'The floor',
      pid: child.pid ?? 0,
      exited: child.exited,
      output: () => {
        const lines = child.lines().map(({ text }) => text);
        return lines.join('\n').slice(-SHOWN_CHARACTERS);
      },
      stop: (signal) => child.stop(signal),
    };
  };
}
