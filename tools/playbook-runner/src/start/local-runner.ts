import { randomInt } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readModuleCards } from '../cards/read-cards.js';
import { describeExit, type LoopbackServer } from '@local/testbed';
import { AccountTests } from '../module/account-test.js';
import { Actions } from '../module/actions.js';
import { ConnectedAccount } from '../module/connected-account.js';
import { startPageServer } from '../page-server/page-server.js';
import type { Playbook } from '../playbooks/playbook.js';
import { PlaybookStore, type SavedPlaybooks } from '../playbooks/playbook-store.js';
import { Playbooks } from '../playbooks/playbooks.js';
import { AuditWatch, type PlaybookAudit } from '../simulation/playbook-audit.js';
import { SimulatedTenant } from '../simulation/simulated-tenant.js';
import type { LogLine } from '../wire/live.js';
import { asPortError, type BuiltFiles, unusableDataFolder } from './command-line.js';

const LOOKS_FOR_MS = 10_000;

/** Which playbooks are being viewed: a page asks for its playbook once a second. */
export class Lookers {
  readonly #lookedAtMs = new Map<string, number>();

  look(playbook: string, nowMs: number): void {
    this.#lookedAtMs.set(playbook, nowMs);
    for (const [id, atMs] of this.#lookedAtMs) {
      if (nowMs - atMs >= LOOKS_FOR_MS) this.#lookedAtMs.delete(id);
    }
  }

  isLookedAt(playbook: string, nowMs: number): boolean {
    return nowMs - (this.#lookedAtMs.get(playbook) ?? -Infinity) < LOOKS_FOR_MS;
  }
}

export interface LocalRunnerOptions {
  /** Where the cards and the logo are. */
  readonly repository: string;
  readonly files: BuiltFiles;
  readonly dataFolder: string;
  readonly port: number;
  /** Rows an hour that go on arriving in the simulated tenant. */
  readonly rate: number;
  /** Of the tenant's answers that fail, 0 … 1. */
  readonly faultShare: number;
  /** The playbook that forgets what it has read, if it is there. */
  readonly forget?: string;
  /** Called with a sentence about what is wrong with the runner itself. */
  readonly onTrouble: (message: string) => void;
  /** Called with each line of any playbook's log. */
  readonly onLine: (line: LogLine, playbook: Playbook) => void;
}

const FIRST_ROWS = 200;
/** A little less than the `start_time` of an hour: a trigger counts back from its own start, which comes later. */
const FIRST_ROWS_HOURS = 0.9;
/** Of the rows that are still to arrive. */
const LATE_SHARE = 0.1;
const CHECK_ALL_AUDITS_EVERY_MS = 10_000;

/** What the runner starts besides playbooks and their tenant. */
interface Parts {
  readonly tenant: SimulatedTenant;
  readonly server: LoopbackServer;
  readonly audit: AuditWatch;
  readonly actions: Actions;
  readonly accountTests: AccountTests;
  /** Where actions leave files. */
  readonly actionsFolder: string;
}

/** Everything on loopback: the simulated tenant, the playbooks, and the page about them. */
export class LocalRunner {
  readonly playbooks: Playbooks;
  readonly #parts: Parts;
  #isStopping = false;

  private constructor(playbooks: Playbooks, parts: Parts) {
    this.playbooks = playbooks;
    this.#parts = parts;
  }

  /**
   * Starts the tenant and the page; no playbook.
   *
   * @throws {UsageError} where the data folder or the port cannot be used.
   */
  static async start(options: LocalRunnerOptions): Promise<LocalRunner> {
    const { repository, files, port, rate, faultShare, dataFolder, onTrouble, onLine } = options;
    const module = await readModuleCards(repository);
    const { store, stored } = await openStore(options);
    stored.warnings.forEach(onTrouble);
    const actionsFolder = await emptyFolder(join(dataFolder, 'actions'));
    const tenant = await SimulatedTenant.start({
      simulatorPath: files.simulator,
      // A trigger that continues has read the time before, and would find mail there only as what came late.
      rows: (await anyContinues(store, stored)) ? 0 : FIRST_ROWS,
      historyHours: FIRST_ROWS_HOURS,
      // Each start gets mail of its own: the same mail once more would be known to a trigger that continues.
      seed: randomInt(2 ** 31),
    });
    try {
      await tenant.change({ rowsPerHour: rate, lateShare: LATE_SHARE, faultShare });
      const account = new ConnectedAccount(module.account, tenant);
      const command = { account, modulePath: files.module, folder: actionsFolder };
      const actions = new Actions({ ...command, cards: module.actions });
      const accountTests = new AccountTests(command);
      const playbooks = await Playbooks.open(
        { module, store, tenant, account, modulePath: files.module, onTrouble, onLine },
        stored.playbooks,
      );
      const lookers = new Lookers();
      const server = await startPageServer({
        module,
        playbooks,
        tenant,
        account,
        accountTests,
        actions,
        port,
        pageFolder: files.page,
        logo: join(repository, 'logo.svg'),
        onLook: (id) => lookers.look(id, Date.now()),
      }).catch((error: unknown) => {
        throw asPortError(port, error);
      });
      const audit = new AuditWatch({
        visibleRows: () => tenant.visibleRows(),
        due: () => auditsToCompare(playbooks, lookers, Date.now()),
        onTrouble: (error) => {
          if (!tenant.hasEnded) onTrouble(`The delivery audit failed (${String(error)}): start npm start again.`);
        },
      });
      const runner = new LocalRunner(playbooks, { tenant, server, audit, actions, accountTests, actionsFolder });
      void runner.#tellWhenTenantEnds(onTrouble);
      return runner;
    } catch (error) {
      await tenant.stop();
      throw error;
    }
  }

  /** Where the page is. */
  get address(): string {
    return this.#parts.server.origin;
  }

  get port(): number {
    return this.#parts.server.port;
  }

  /** Stops triggers and actions, then the rest. Answers the names of the playbooks whose trigger had to be killed. */
  async stop(): Promise<readonly string[]> {
    const { tenant, server, audit, actions, accountTests, actionsFolder } = this.#parts;
    try {
      const [killed] = await Promise.all([this.playbooks.close(), actions.close(), accountTests.close()]);
      return killed;
    } finally {
      this.#isStopping = true;
      await Promise.all([audit.stop(), tenant.stop(), rm(actionsFolder, { recursive: true, force: true })]);
      await server.close();
    }
  }

  async #tellWhenTenantEnds(onTrouble: (message: string) => void): Promise<void> {
    const exit = await this.#parts.tenant.exited;
    if (this.#isStopping) return;
    const message = `The simulated tenant has ended (${describeExit(exit)}): stop the runner and start it again.`;
    onTrouble(message);
    for (const playbook of this.playbooks.all()) {
      if (playbook.usesSimulatedTenant) playbook.observations.logs.runner('error', message, Date.now());
    }
  }
}

/** What a runner that was killed left there is removed. @throws {UsageError} where it cannot be used. */
async function emptyFolder(folder: string): Promise<string> {
  try {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return folder;
  } catch (error) {
    throw unusableDataFolder(folder, error);
  }
}

interface OpenStore {
  readonly store: PlaybookStore;
  readonly stored: SavedPlaybooks;
}

/** @throws {UsageError} where the folder cannot be read, or what is to be forgotten cannot be removed. */
async function openStore({ dataFolder, forget }: LocalRunnerOptions): Promise<OpenStore> {
  try {
    const store = await PlaybookStore.open(dataFolder);
    const stored = await store.readAll();
    if (forget !== undefined && stored.playbooks.some(({ id }) => id === forget)) await store.forgetState(forget);
    return { store, stored };
  } catch (error) {
    throw unusableDataFolder(dataFolder, error);
  }
}

async function anyContinues(store: PlaybookStore, { playbooks }: SavedPlaybooks): Promise<boolean> {
  const readers = playbooks.filter(({ stored }) => stored.usesSimulatedTenant);
  return (await Promise.all(readers.map(({ id }) => store.hasState(id)))).includes(true);
}

/**
 * The audits of playbooks that are being viewed and, now and then, of all that are started: the summary line reports
 * them.
 */
function auditsToCompare(playbooks: Playbooks, lookers: Lookers, nowMs: number): PlaybookAudit[] {
  return playbooks.all().flatMap(({ id, audit, isStarted }) => {
    if (audit === undefined) return [];
    const isOld = nowMs - audit.comparedAtMs >= CHECK_ALL_AUDITS_EVERY_MS;
    return lookers.isLookedAt(id, nowMs) || (isStarted && isOld) ? [audit] : [];
  });
}
