#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { loadGuarded } from '@sekoia/automation-sdk-shim/guard';

// A pipe becomes garbage as fast as it comes: see main.ts.
setFlagsFromString('--heap-growing-percent=100');
setFlagsFromString('--semi-space-growth-factor=1');

const manifest = readFileSync(new URL('../../manifest.json', import.meta.url), 'utf8');
const { version } = JSON.parse(manifest) as { readonly version: string };

await loadGuarded(async () => {
  const { runCommandLine } = await import('../src/cli/command-line.js');
  await runCommandLine(version);
});
