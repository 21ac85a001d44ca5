import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { SettingsError } from '../../../src/model/errors.js';
import { TokenFile } from '../../../src/microsoft/sign-in/token-file.js';
import { serviceAccountToken } from '../../support/federation.js';

const { signal } = new AbortController();
const source = 'the environment variable AZURE_FEDERATED_TOKEN_FILE';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'token-file-'));
  path = join(folder, 'token');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function fileWith(hidden = new Set<string>(), nowMs = Date.now()): TokenFile {
  const hide = (secret: string) => {
    hidden.add(secret);
    return () => void hidden.delete(secret);
  };
  return new TokenFile({ path, source, hide, nowMs: () => nowMs, pauseMs: 1 });
}

test('a token is read anew each time, and only the last one is kept out of the logs', async () => {
  const hidden = new Set<string>();
  const file = fileWith(hidden);
  const [first, second] = [serviceAccountToken(), serviceAccountToken({ jti: 'second' })];
  await writeFile(path, `${first}\n`);
  expect(await file.read(signal)).toBe(first);
  await writeFile(path, second);
  expect(await file.read(signal)).toBe(second);
  expect([...hidden]).toEqual([second]);
  expect(file.presented).toBe(
    'The token has the issuer "https://oidc.cluster.example/", the subject "system:serviceaccount:default:message-trace" and the audience "api://AzureADTokenExchange".',
  );
});

describe('what is wrong with the file is said, with what names it and what to do', () => {
  const wrong: [string, (file: string) => Promise<void>, RegExp][] = [
    ['it does not exist', () => Promise.resolve(), /does not exist\. Mount/],
    ['it is empty', (file) => writeFile(file, ''), /is empty\./],
    ['it holds blanks', (file) => writeFile(file, ' \n'), /is empty\./],
    ['it holds no token', (file) => writeFile(file, 'password'), /holds no token \(JWT\)\./],
    ['it holds half a token', (file) => writeFile(file, serviceAccountToken().slice(0, 100)), /holds no token/],
    ['it holds JSON', (file) => writeFile(file, '{"token":"a.b.c"}'), /holds no token/],
    ['it is too large', (file) => writeFile(file, 'x'.repeat(70_000)), /is no file of a token/],
    [
      'it ended',
      (file) => writeFile(file, serviceAccountToken({ exp: 1_700_000_000 })),
      /expired at 2023-11-14T22:13:20/,
    ],
    [
      'it ended in no year',
      (file) => writeFile(file, serviceAccountToken({ exp: -1e300 })),
      /expired at an impossible/,
    ],
  ];
  test.each(wrong)('%s', async (_, make, words) => {
    await make(path);
    const error: unknown = await fileWith()
      .read(signal)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SettingsError);
    expect((error as Error).message).toContain(`The token file ${path}, which ${source} names, `);
    expect((error as Error).message).toMatch(words);
    expect((error as Error).message).not.toContain('eyJ');
  });

  test('it is a folder', async () => {
    path = folder;
    await expect(fileWith().read(signal)).rejects.toThrow(/is no file of a token/);
  });

  (process.getuid?.() === 0 ? test.skip : test)('nobody may read it', async () => {
    await writeFile(path, serviceAccountToken());
    await chmod(path, 0);
    await expect(fileWith().read(signal)).rejects.toThrow(/cannot be read \(EACCES\)/);
  });

  test('it leads through a file that is no folder', async () => {
    await writeFile(path, 'x');
    path = join(path, 'token');
    await expect(fileWith().read(signal)).rejects.toThrow(/cannot be read \(ENOTDIR\)/);
  });
});

test.each([
  ['missing', ''],
  ['half written', serviceAccountToken().slice(0, 50)],
])('a file that is %s for a moment, while it is replaced, is read again', async (_, before) => {
  if (before !== '') await writeFile(path, before);
  let tries = 0;
  const token = serviceAccountToken();
  const file = new TokenFile({
    path,
    source,
    hide: () => () => undefined,
    nowMs: Date.now,
    get pauseMs() {
      tries += 1;
      return 50;
    },
  });
  const reading = file.read(signal);
  await writeFile(path, token);
  expect(await reading).toBe(token);
  expect(tries).toBeGreaterThan(0);
});

test('clocks may be five minutes apart', async () => {
  await writeFile(path, serviceAccountToken());
  const endsMs = Date.now() + 3_600_000;
  expect(await fileWith(new Set(), endsMs + 290_000).read(signal)).toContain('eyJ');
  await expect(fileWith(new Set(), endsMs + 301_000).read(signal)).rejects.toThrow(/expired/);
});

test('waiting for a better file ends with the module', async () => {
  const stop = new AbortController();
  const file = new TokenFile({ path, source, hide: () => () => undefined, nowMs: Date.now, pauseMs: 60_000 });
  const reading = file.read(stop.signal);
  stop.abort();
  await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
});
