import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Simulator } from '@local/testbed';
import { account, application } from './sign-in-scenarios.js';

const MAIN = fileURLToPath(new URL('../../dist/bundle/message-trace.js', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
}

interface Input {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly input?: string | Buffer;
  readonly nodeOptions?: readonly string[];
  /** What runs it, in the place of this Node.js. */
  readonly node?: string;
}

/** Starts `message-trace` as a process. */
export function startCommand(
  args: readonly string[],
  { env, input, nodeOptions = [], node = process.execPath }: Input,
): Running {
  const child = spawn(node, [...nodeOptions, MAIN, ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  // A process that reads nothing closes its end.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) =>
      resolve({ code, signal, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }),
    );
  });
  return { process: child, ended };
}

export function runCommand(args: readonly string[], input: Input): Promise<Ended> {
  return startCommand(args, input).ended;
}

/** Settings of an application of the simulated tenant. */
export function applicationEnv(simulator: Simulator): Record<string, string> {
  return {
    MESSAGE_TRACE_TENANT_ID: application.tenantId,
    MESSAGE_TRACE_CLIENT_ID: application.clientId,
    MESSAGE_TRACE_CLIENT_SECRET: application.clientSecret,
    MESSAGE_TRACE_API_URL: simulator.graphUrl,
    MESSAGE_TRACE_AUTHORITY_URL: simulator.authorityUrl,
  };
}

/** Of a service account that reads the Reporting Web Service with its password. */
export function accountEnv(simulator: Simulator): Record<string, string> {
  return {
    MESSAGE_TRACE_ACCOUNT_NAME: account.accountName,
    MESSAGE_TRACE_ACCOUNT_PASSWORD: account.accountPassword,
    MESSAGE_TRACE_API_URL: simulator.apiUrl,
  };
}
