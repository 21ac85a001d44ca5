import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { signInScenarios } from '../support/sign-in-cases.js';

const document = await readFile(new URL('../../docs/getting-started-entra.md', import.meta.url), 'utf8');

/** `| a client secret | that is wrong | \`AADSTS7000215\` | … |` */
const rows = [...document.matchAll(/^\| (an? [^|]+?) +\| ([^|]+?) +\| `([^|`]+)` +\|/gm)].map(([, ...cells]) => cells);

test('each way to sign in and each mistake with it is explained, with what the log says', () => {
  const cases = Object.entries(signInScenarios).flatMap(([signInScenario, { wrong }]) =>
    Object.entries(wrong).map(([mistake, { quote }]) => [signInScenario, mistake, quote]),
  );
  expect(rows).toEqual(cases);
});
