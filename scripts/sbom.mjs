// Prints the bill of materials of the packages in the image (CycloneDX).
// The image's own, sbom.cdx.json, has Node.js and Debian's packages, too.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeImageTree } from './image-tree.mjs';

const folder = await mkdtemp(join(tmpdir(), 'image-'));
const bill = await makeImageTree(folder);
await rm(folder, { recursive: true });
process.stdout.write(`${JSON.stringify(bill, null, 2)}\n`);
