import { setFlagsFromString } from 'node:v8';
import { loadGuarded } from '@sekoia/automation-sdk-shim/guard';

// Pages become garbage as fast as they come: V8 would let the heap grow to several times of what is held at once.
setFlagsFromString('--heap-growing-percent=100');
setFlagsFromString('--semi-space-growth-factor=1');

await loadGuarded(() => import('./start.js'));
