#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { loadGuarded } from '@sekoia/automation-sdk-shim/guard';

// A pipe becomes garbage as fast as it comes: see module/main.ts.
setFlagsFromString('--heap-growing-percent=30');
setFlagsFromString('--semi-space-growth-factor=1');

await loadGuarded(() => import('./command-line.js'));
