import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import type { Input } from '../engine/target.js';

/** Writes what can be written of an input's parts, as files of the folder; the result tells what is there. */
export function writeFiles(folder: string, input: Input): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (const { name, bytes } of input) {
    if (name === '') continue;
    const path = resolve(folder, name);
    // A file beyond the folder is none of the module's, and a name that the system does not take is no file.
    if (!path.startsWith(folder + sep) || name.includes('\u0000')) continue;
    try {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, bytes);
      files.set(name, bytes);
    } catch {
      continue;
    }
  }
  return files;
}

/** All files of a folder, in the order of their names. */
export function filesIn(folder: string): Input {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({ name: path.slice(folder.length + 1), bytes: readFileSync(path) }));
}
