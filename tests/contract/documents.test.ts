import { readdir, readFile, stat } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';

const root = new URL('../../', import.meta.url);
const text = (file: string) => readFile(new URL(file, root), 'utf8');

test('README.md has at most 7 KB', async () => {
  expect(Buffer.byteLength(await text('README.md'))).toBeLessThanOrEqual(7 * 1024);
});

describe('the links of the documents', () => {
  test('lead to files that are there, and to headings that are in them', async () => {
    const documents = [
      ...(await readdir(root)).filter((file) => file.endsWith('.md')),
      ...(await readdir(new URL('docs/', root), { recursive: true }))
        .filter((file) => file.endsWith('.md'))
        .map((file) => `docs/${file}`),
      'detections/README.md',
    ];
    const broken: string[] = [];
    for (const document of documents) {
      for (const [, link = ''] of (await text(document)).matchAll(/\]\((?!https?:)([^)]+)\)/g)) {
        if (!(await leadsSomewhere(document, link))) broken.push(`${document}: ${link}`);
      }
    }
    expect(documents.length).toBeGreaterThan(4);
    expect(broken).toEqual([]);
  });

  async function leadsSomewhere(document: string, link: string): Promise<boolean> {
    const target = new URL(link, new URL(document, root));
    const heading = target.hash.slice(1);
    target.hash = '';
    const found = await stat(target).catch(() => undefined);
    if (found === undefined || heading === '') return found !== undefined;
    return (await readFile(target, 'utf8')).split('\n').some((line) => anchorOf(line) === heading);
  }
});

/** The anchor that a heading gets where Markdown is shown; undefined for other lines. */
function anchorOf(line: string): string | undefined {
  const heading = /^#+ (.*)$/.exec(line)?.[1];
  return heading
    ?.toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
}
