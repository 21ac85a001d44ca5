import type { PersistentDocument } from '../../src/model/ports.js';
import type { BucketStorage } from '../../src/collector/fingerprint-store.js';

/** The data folder in memory; it outlives the collector, as a disk does. */
export class MemoryBuckets implements BucketStorage {
  readonly content = new Map<string, Buffer>();

  names(): Promise<string[]> {
    return Promise.resolve([...this.content.keys()]);
  }

  read(name: string): Promise<Buffer> {
    return Promise.resolve(this.content.get(name) ?? Buffer.alloc(0));
  }

  write(name: string, content: Buffer, at: number): Promise<void> {
    const before = this.content.get(name) ?? Buffer.alloc(0);
    this.content.set(name, Buffer.concat([before.subarray(0, at), content]));
    return Promise.resolve();
  }

  remove(name: string): Promise<void> {
    this.content.delete(name);
    return Promise.resolve();
  }
}

export class MemoryDocument implements PersistentDocument {
  text: string | undefined;
  readonly written: object[] = [];

  read(accepts: (content: unknown) => boolean): Promise<unknown> {
    const content: unknown = this.text === undefined ? undefined : JSON.parse(this.text);
    return Promise.resolve(content !== undefined && accepts(content) ? content : undefined);
  }

  write(content: object): Promise<void> {
    this.text = JSON.stringify(content);
    this.written.push(content);
    return Promise.resolve();
  }
}

/** A folder of lines. */
export class MemoryLines {
  readonly lines: { readonly name: string; readonly line: string }[] = [];
  /** What a storage that cannot list does not know. */
  canList = true;
  /** Of files that were there before. */
  otherBytes = 0;
  otherFiles = 0;
  timesMeasured = 0;
  #bytes = 0;

  appendLine(name: string, line: string): Promise<void> {
    this.lines.push({ name, line });
    this.#bytes += Buffer.byteLength(line) + 1;
    return Promise.resolve();
  }

  sizeOf(): Promise<{ files: number; bytes: number } | undefined> {
    this.timesMeasured += 1;
    const bytes = this.#bytes + this.otherBytes;
    const files = new Set(this.lines.map(({ name }) => name)).size + this.otherFiles;
    return Promise.resolve(this.canList ? { files, bytes } : undefined);
  }
}
