import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Addresses, Counts, End, Order, TenantOptions, Told } from './tenant-messages.js';

const TENANT = fileURLToPath(new URL('tenant.js', import.meta.url));

/** The tenant's process, as the bench sees it. */
export class TenantProcess {
  readonly addresses: Addresses;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, addresses: Addresses) {
    this.#child = child;
    this.addresses = addresses;
  }

  static async start(options: TenantOptions): Promise<TenantProcess> {
    const child = fork(TENANT, [JSON.stringify(options)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const { addresses } = await heard(child, 'ready');
    return new TenantProcess(child, addresses);
  }

  /**
   * Counts anew. `firstRequest`: when the API got its first request from now on, in milliseconds since 1970. `done`:
   * that the run has come to its end.
   */
  begin(end?: End): { readonly firstRequest: Promise<number>; readonly done: Promise<void> } {
    const firstRequest = heard(this.#child, 'first-request').then(({ atMs }) => atMs);
    const done = heard(this.#child, 'done').then(() => undefined);
    for (const promise of [firstRequest, done]) promise.catch(() => undefined);
    this.#order({ order: 'begin', end });
    return { firstRequest, done };
  }

  async counts(): Promise<Counts> {
    const counts = heard(this.#child, 'counts');
    this.#order({ order: 'count' });
    return (await counts).counts;
  }

  setClock(offsetMs: number): void {
    this.#order({ order: 'clock', offsetMs });
  }

  receiveMail(rowsPerHour: number, forMs: number): void {
    this.#order({ order: 'mail', rowsPerHour, forMs });
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.disconnect();
    await exited;
  }

  #order(order: Order): void {
    this.#child.send(order);
  }
}

type ToldOf<Name extends Told['told']> = Extract<Told, { told: Name }>;

/** The next message of a name. Rejects where the process ends before. */
function heard<Name extends Told['told']>(child: ChildProcess, name: Name): Promise<ToldOf<Name>> {
  return new Promise((resolve, reject) => {
    const listen = (told: Told): void => {
      if (told.told !== name) return;
      leave();
      resolve(told as ToldOf<Name>);
    };
    const fail = (): void => {
      leave();
      reject(new Error('The process of the simulated tenant has ended. Its output above says why.'));
    };
    const leave = (): void => {
      child.off('message', listen);
      child.off('exit', fail);
    };
    child.on('message', listen);
    child.on('exit', fail);
  });
}
