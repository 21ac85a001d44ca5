import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { transform } from '@swc/core';
import { createInstrumenter } from 'istanbul-lib-instrument';

/** What is fuzzed; the rest would only dilute what an input reaches. */
const MEASURED = /\/(?:src|packages\/automation-sdk-shim\/src)\/(?!.*\/generated\/)/;
const NOT_MEASURED = /\/packages\/(?!automation-sdk-shim\/)|\/tests\//;
/** Instrumenting all sources takes seconds, for each process anew. */
const CACHE = fileURLToPath(new URL('../../../node_modules/.cache/fuzz/', import.meta.url));

const instrumenter = createInstrumenter({ esModules: true, compact: true, produceSourceMap: false });

/** Sources import each other by the names that the compiler gives them. */
export function resolve(specifier, context, next) {
  if (/^\.{1,2}\/.*\.js$/.test(specifier) && context.parentURL?.endsWith('.ts')) {
    const source = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
    if (existsSync(source)) return next(source.href, context);
  }
  return next(specifier, context);
}

/** Strips the types, and counts statements and branches of what is fuzzed. */
export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const path = fileURLToPath(url);
  const text = await readFile(path, 'utf8');
  const cached = `${CACHE}${createHash('sha256').update(`${path}\n${text}`).digest('hex')}.mjs`;
  const known = await readFile(cached, 'utf8').catch(() => undefined);
  const source = known ?? (await compile(path, text));
  if (known === undefined) await store(cached, source);
  return { format: 'module', shortCircuit: true, source };
}

async function compile(path, text) {
  const { code } = await transform(text, {
    filename: path,
    sourceMaps: 'inline',
    jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
    module: { type: 'es6' },
  });
  const isMeasured = MEASURED.test(path) && !NOT_MEASURED.test(path);
  return isMeasured ? instrumenter.instrumentSync(code, path) : code;
}

/** Beside first: another process may load the same file at the same time. */
async function store(path, source) {
  await mkdir(CACHE, { recursive: true });
  await writeFile(`${path}.${process.pid}`, source);
  await rename(`${path}.${process.pid}`, path);
}
