import { access, chmod, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { asSecrets, asStoredPlaybook, type Secrets, type StoredPlaybook } from './stored-playbook.js';

/** Writes beside and renames, so that a crash leaves the old text or the new one. Only the owner may read it (0600). */
async function writeAtomically(path: string, text: string): Promise<void> {
  const beside = `${path}.new`;
  const file = await open(beside, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, path);
}

export interface SavedPlaybook {
  readonly id: string;
  readonly stored: StoredPlaybook;
  readonly secrets: Secrets;
}

/** What is kept of all playbooks, in the order in which they were added. */
export interface SavedPlaybooks {
  readonly playbooks: readonly SavedPlaybook[];
  /** One sentence for each playbook that cannot be read. It stays as it is. */
  readonly warnings: readonly string[];
}

/**
 * The playbooks of a data folder: `playbooks/<id>/` with playbook.json, secrets.json and the trigger's `state/`. For
 * the owner alone (0700, files 0600).
 */
export class PlaybookStore {
  readonly #folder: string;
  /** One write after the other: two of the same file must not meet. */
  #written: Promise<void> = Promise.resolve();

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async open(dataFolder: string): Promise<PlaybookStore> {
    const folder = join(dataFolder, 'playbooks');
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(folder, 0o700);
    return new PlaybookStore(folder);
  }

  async readAll(): Promise<SavedPlaybooks> {
    const playbooks: SavedPlaybook[] = [];
    const warnings: string[] = [];
    const entries = await readdir(this.#folder, { withFileTypes: true });
    // A desktop may leave files of its own there.
    const ids = entries.filter((entry) => !entry.isFile()).map(({ name }) => name);
    for (const id of ids.sort()) {
      try {
        playbooks.push(await this.#read(id));
      } catch (error) {
        warnings.push(
          `The playbook in ${join(this.#folder, id)} cannot be read (${String(error)}): mend its files or delete the folder.`,
        );
      }
    }
    playbooks.sort((one, other) => one.stored.addedAtMs - other.stored.addedAtMs);
    return { playbooks, warnings };
  }

  /**
   * Keeps another one, or leaves nothing of it. @throws Error EEXIST where something lies in its place, readable or
   * not.
   */
  async add(stored: SavedPlaybook): Promise<void> {
    await mkdir(join(this.#folder, stored.id), { mode: 0o700 });
    try {
      await this.save(stored);
    } catch (error) {
      await this.remove(stored.id);
      throw error;
    }
  }

  save({ id, stored, secrets }: SavedPlaybook): Promise<void> {
    const written = this.#written.then(async () => {
      await mkdir(this.stateFolder(id), { recursive: true, mode: 0o700 });
      await writeAtomically(this.#secretsFile(id), asText(secrets));
      await writeAtomically(this.#playbookFile(id), asText(stored));
    });
    this.#written = written.catch(() => undefined);
    return written;
  }

  async remove(id: string): Promise<void> {
    await this.#written;
    await rm(join(this.#folder, id), { recursive: true, force: true });
  }

  /** Where the trigger keeps its state. */
  stateFolder(id: string): string {
    return join(this.#folder, id, 'state');
  }

  /** Whether a trigger has written down there how far it has read; so is the file named by Sekoia's SDK. */
  async hasState(id: string): Promise<boolean> {
    return access(join(this.stateFolder(id), 'context.json')).then(
      () => true,
      () => false,
    );
  }

  async forgetState(id: string): Promise<void> {
    await rm(this.stateFolder(id), { recursive: true, force: true });
    await mkdir(this.stateFolder(id), { mode: 0o700 });
  }

  async #read(id: string): Promise<SavedPlaybook> {
    const stored = asStoredPlaybook(await readJson(this.#playbookFile(id)));
    return { id, stored, secrets: asSecrets(await readJson(this.#secretsFile(id))) };
  }

  #playbookFile(id: string): string {
    return join(this.#folder, id, 'playbook.json');
  }

  #secretsFile(id: string): string {
    return join(this.#folder, id, 'secrets.json');
  }
}

async function readJson(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8');
  try {
    return JSON.parse(text);
  } catch {
    // Not the error itself: it quotes what it stumbled over, and that may be a secret.
    throw new TypeError(`${basename(file)} is no JSON`);
  }
}

function asText(content: object): string {
  return `${JSON.stringify(content, null, 2)}\n`;
}
