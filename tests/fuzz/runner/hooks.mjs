import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { transform } from '@swc/core';
import { createInstrumenter } from 'istanbul-lib-instrument';

/** What is fuzzed; the rest would only dilute what an input reaches. */
const MEASURED = /\/(?:src|packages\/automation-sdk-shim\/src)\/(?!.*\/generated\/)/;
const NOT_MEASURED = /\/packages\/(?!automation-sdk-shim\/)|\/tests\//;

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
  const { code } = await transform(await readFile(path, 'utf8'), {
    filename: path,
    sourceMaps: 'inline',
    jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
    module: { type: 'es6' },
  });
  const isMeasured = process.env.FUZZ_COVERAGE !== 'off' && MEASURED.test(path) && !NOT_MEASURED.test(path);
  return { format: 'module', shortCircuit: true, source: isMeasured ? instrumenter.instrumentSync(code, path) : code };
}
