import { expect, test } from '@jest/globals';
import { SettingsError, UnavailableError } from '../../../src/model/errors.js';
import type { Source } from '../../../src/model/ports.js';
import { privacyFor, rulesForPrivacy, sentenceOnPrivacy, withPrivateErrors } from '../../../src/sekoia/row-privacy.js';

const key = 'k'.repeat(32);

test.each<[object, string[]]>([
  [{}, []],
  [{ subject_privacy: 'drop', address_privacy: 'keep' }, []],
  [{ subject_privacy: 'hash', privacy_key: key }, []],
  [{ address_privacy: 'hash' }, ['"privacy_key" (Privacy key) is missing: "address_privacy" (Addresses)']],
  [{ subject_privacy: 'hash', privacy_key: 's3cr3t' }, ['"privacy_key" (Privacy key) is too short']],
])('%j: %j', (settings, beginnings) => {
  const problems = rulesForPrivacy({ ...settings });
  expect(problems).toHaveLength(beginnings.length);
  for (const [index, beginning] of beginnings.entries()) expect(problems[index]).toContain(beginning);
  expect(problems.join('')).not.toContain('s3cr3t');
});

test('where all is kept there is no privacy, and where the key is missing there is none to be had', () => {
  expect(privacyFor({ subject: 'keep', addresses: 'keep', key })).toBeUndefined();
  expect(() => privacyFor({ subject: 'hash', addresses: 'keep' })).toThrow('privacy_key');
  expect(sentenceOnPrivacy({ subject: 'drop', addresses: 'hash', key })).toMatch(/^Subjects are dropped. Addresses/);
});

test('errors of the source, and of pages that are asked for again, quote no address', async () => {
  const told: string[] = [];
  const source: Source = {
    name: 'graph',
    limits: { pageRows: 1, rangeMs: 1 },
    // eslint-disable-next-line @typescript-eslint/require-await -- it fails before its first page
    async *pages(_range, _signal, options) {
      options?.onRetry?.(new UnavailableError('No mailbox alice@contoso.com.'));
      throw new SettingsError('alice@contoso.com is gone.', { remedy: 'Ask.' });
    },
  };
  const hidden = withPrivateErrors(source, privacyFor({ subject: 'keep', addresses: 'hash', key }));
  const pages = hidden.pages({ start: 0, end: 1 }, new AbortController().signal, {
    onRetry: ({ message }) => told.push(message),
  });
  const thrown = (await pages.next().catch((error: unknown) => error)) as SettingsError;
  expect(thrown).toBeInstanceOf(SettingsError);
  for (const text of [thrown.message, thrown.sentence, ...told]) expect(text).toMatch(/[\da-f]{32}@contoso\.com/);
  expect(thrown.message + String(thrown.stack) + told.join('')).not.toContain('alice');
});
