/**
 * A file that a search writes and that survives interruptions. Beside FILE lies FILE.resume, which says how much of the
 * time was searched to its end, and how many bytes of FILE belong to that. It is replaced only after those bytes are on
 * disk, so whatever comes after them is of an interrupted part and is cut off. See docs/adr/0025.
 */
import { acceptor, replaceFile } from '@sekoia/automation-sdk-shim';
import { createHash, type Hash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, readFile, rm, stat } from 'node:fs/promises';
import type { JsonObject } from '../model/json.js';
import type { TimeRange } from '../model/progress.js';
import { UsageError } from './terminal.js';

/** Rows are written in pieces of some size. */
const BUFFER_BYTES = 1_048_576;
/** Who wrote to whom is nobody else's business. */
const FILE_MODE = 0o600;

/** What FILE.resume says. */
export interface ResumeRecord {
  readonly version: 1;
  /** Of the process that writes: another one that has taken over changes it. */
  readonly run: string;
  /** What was asked for. A search that asks for something else does not continue it. */
  readonly request: JsonObject;
  /** The time to search, fixed at the first start, and down to where it was searched. Milliseconds since 1970. */
  readonly start: number;
  readonly end: number;
  readonly searched_from: number;
  /** Of the next part. */
  readonly width: number;
  /** What FILE holds of the time that was searched. */
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  /** Why parts that were searched to their end are incomplete all the same. */
  readonly reasons: readonly string[];
}

const whole = { type: 'integer', minimum: 0 };

const isRecord = acceptor<ResumeRecord>({
  type: 'object',
  required: [
    'version',
    'run',
    'request',
    'start',
    'end',
    'searched_from',
    'width',
    'rows',
    'bytes',
    'sha256',
    'reasons',
  ],
  properties: {
    version: { const: 1 },
    run: { type: 'string' },
    request: { type: 'object' },
    start: whole,
    end: whole,
    searched_from: whole,
    width: { type: 'integer', minimum: 1 },
    rows: whole,
    bytes: whole,
    sha256: { type: 'string' },
    reasons: { type: 'array', items: { type: 'string' } },
  },
});

/** What the file itself does not know. */
export type Progress = Pick<ResumeRecord, 'searched_from' | 'width' | 'rows' | 'reasons'>;

export interface Beginning {
  readonly request: JsonObject;
  readonly range: TimeRange;
  readonly width: number;
}

export function resumePath(path: string): string {
  return `${path}.resume`;
}

export class ResumableFile {
  readonly #path: string;
  readonly #file: FileHandle;
  #record: ResumeRecord;
  #hash: Hash;
  #position: number;
  #buffer: Buffer[] = [];
  #buffered = 0;

  private constructor(path: string, file: FileHandle, record: ResumeRecord, hash: Hash) {
    this.#path = path;
    this.#file = file;
    this.#record = record;
    this.#hash = hash;
    this.#position = record.bytes;
  }

  /**
   * Begins a new file, or continues the one that was interrupted, from the end of the last part that was recorded.
   * @throws UsageError where the file is another one's, or was changed
   */
  static async open(path: string, beginning: Beginning): Promise<ResumableFile> {
    const run = randomUUID();
    const known = await readRecord(path);
    if (known === undefined) return ResumableFile.#begin(path, run, beginning);
    if (JSON.stringify(known.request) !== JSON.stringify(beginning.request))
      throw new UsageError(
        `${resumePath(path)} belongs to another search. Repeat that one to continue it, give another file, or remove both files.`,
      );
    const hash = await hashOf(path, known.bytes);
    if (hash?.copy().digest('hex') !== known.sha256)
      throw new UsageError(
        `${path} is not as it was left: ${resumePath(path)} does not fit it. Remove both files to begin anew.`,
      );
    const file = await open(path, known.bytes === 0 ? 'w' : 'r+', FILE_MODE);
    const record = { ...known, run };
    await writeRecord(path, record);
    await file.truncate(record.bytes);
    return new ResumableFile(path, file, record, hash);
  }

  static async #begin(path: string, run: string, { request, range, width }: Beginning): Promise<ResumableFile> {
    if (await exists(path))
      throw new UsageError(`${path} exists already, and no interrupted search belongs to it. Give another file.`);
    const record: ResumeRecord = {
      version: 1,
      run,
      request,
      start: range.start,
      end: range.end,
      searched_from: range.end,
      width,
      rows: 0,
      bytes: 0,
      sha256: createHash('sha256').digest('hex'),
      reasons: [],
    };
    // Before the file itself: a file without a record is never continued.
    await writeRecord(path, record);
    return new ResumableFile(path, await open(path, 'wx', FILE_MODE), record, createHash('sha256'));
  }

  /** What was recorded last. */
  get record(): ResumeRecord {
    return this.#record;
  }

  async write(text: string): Promise<void> {
    if (text === '') return;
    const bytes = Buffer.from(text);
    this.#buffer.push(bytes);
    this.#buffered += bytes.length;
    if (this.#buffered >= BUFFER_BYTES) await this.#flush();
  }

  /** Records that everything written so far belongs to the time down to `searched_from`. */
  async commit(progress: Progress): Promise<void> {
    await this.#flush();
    await this.#file.datasync();
    await this.#confirm();
    const sha256 = this.#hash.copy().digest('hex');
    const record = { ...this.#record, ...progress, bytes: this.#position, sha256 };
    await writeRecord(this.#path, record);
    this.#record = record;
  }

  /** The file is whole. `tail` is its end, and FILE.resume goes. */
  async finish(tail: string): Promise<void> {
    await this.write(tail);
    await this.#flush();
    await this.#file.truncate(this.#position);
    await this.#file.datasync();
    await this.#confirm();
    await this.#file.close();
    await rm(resumePath(this.#path));
  }

  /** Leaves the file to be continued: what was not recorded is cut off then. */
  async leave(): Promise<void> {
    await this.#file.close();
  }

  async #flush(): Promise<void> {
    if (this.#buffered === 0) return;
    const content = Buffer.concat(this.#buffer);
    this.#buffer = [];
    this.#buffered = 0;
    await this.#confirm();
    let done = 0;
    while (done < content.length)
      done += (await this.#file.write(content, done, content.length - done, this.#position + done)).bytesWritten;
    this.#hash.update(content);
    this.#position += content.length;
  }

  /** @throws UsageError where another process writes the file, too */
  async #confirm(): Promise<void> {
    if ((await readRecord(this.#path))?.run === this.#record.run) return;
    throw new UsageError(`Another process has begun to write ${this.#path}. This one ends.`);
  }
}

async function readRecord(path: string): Promise<ResumeRecord | undefined> {
  const text = await readFile(resumePath(path), 'utf8').catch(undefinedWhereMissing);
  if (text === undefined) return undefined;
  try {
    const record = JSON.parse(text) as unknown;
    if (isRecord(record) && record.start <= record.searched_from && record.searched_from <= record.end) return record;
  } catch {
    // Said below.
  }
  throw new UsageError(`${resumePath(path)} cannot be read. Remove it and ${path} to begin anew.`);
}

async function writeRecord(path: string, record: ResumeRecord): Promise<void> {
  await replaceFile(resumePath(path), `${JSON.stringify(record)}\n`);
}

/** Of the beginning of a file; undefined where it is shorter. */
async function hashOf(path: string, bytes: number): Promise<Hash | undefined> {
  const hash = createHash('sha256');
  if (bytes === 0) return hash;
  const size = (await stat(path).catch(undefinedWhereMissing))?.size ?? 0;
  if (size < bytes) return undefined;
  for await (const chunk of createReadStream(path, { end: bytes - 1 })) hash.update(chunk as Buffer);
  return hash;
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(undefinedWhereMissing)) !== undefined;
}

function undefinedWhereMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
