#!/usr/bin/env node
import { loadGuarded } from '@sekoia/automation-sdk-shim/guard';

await loadGuarded(() => import('./command-line.js'));
