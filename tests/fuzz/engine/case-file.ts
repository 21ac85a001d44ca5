import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { FindingKind, Input, Part } from './target.js';

/** An input that is kept: one that found something once, or one that reaches code that no other reaches. */
export interface Case {
  readonly target: string;
  readonly input: Input;
  /** Undefined where it is kept for what it reaches. */
  readonly found?: { readonly kind: FindingKind; readonly message: string; readonly seed: number } | undefined;
}

/** As text where it is one, else in base64; what is large is mostly the same again and again, and packed. */
interface WrittenPart {
  readonly name: string;
  readonly text?: string;
  readonly base64?: string;
  readonly gzip?: string;
}

const LARGE_BYTES = 32_768;

interface Written {
  readonly target: string;
  readonly found?: Case['found'];
  readonly parts: readonly WrittenPart[];
}

/** Writes a case where `npm test` finds it again, and returns the file's path. */
export function writeCase(folder: string, { target, input, found }: Case): string {
  const written: Written = { target, ...(found && { found }), parts: input.map(writePart) };
  const hash = createHash('sha256').update(JSON.stringify(written.parts)).digest('hex').slice(0, 10);
  const path = join(folder, target, `${found?.kind ?? 'reaches'}-${hash}.json`);
  mkdirSync(join(folder, target), { recursive: true });
  writeFileSync(path, `${JSON.stringify(written, undefined, 2)}\n`);
  return path;
}

export function readCase(path: string): Case {
  const { target, found, parts } = JSON.parse(readFileSync(path, 'utf8')) as Written;
  return { target, found, input: parts.map(readPart) };
}

/** Every case below the folder, in the order of the names. */
export function readCases(folder: string): (Case & { readonly file: string })[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));
  return names.sort().map((file) => ({ file, ...readCase(join(folder, file)) }));
}

function writePart({ name, bytes }: Part): WrittenPart {
  if (bytes.length > LARGE_BYTES) return { name, gzip: gzipSync(bytes).toString('base64') };
  const text = bytes.toString('utf8');
  return Buffer.from(text).equals(bytes) ? { name, text } : { name, base64: bytes.toString('base64') };
}

function readPart({ name, text, base64, gzip }: WrittenPart): Part {
  if (gzip !== undefined) return { name, bytes: gunzipSync(Buffer.from(gzip, 'base64')) };
  return { name, bytes: base64 === undefined ? Buffer.from(text ?? '') : Buffer.from(base64, 'base64') };
}
