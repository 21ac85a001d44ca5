// Measures the structure that docs/architecture.md describes, and what may not get worse.
//   node scripts/structure.mjs            prints a table
//   node scripts/structure.mjs --check    fails where a number is above its limit
//   node scripts/structure.mjs --row-path lists the source files that one row passes (row-path.mjs)
// Lower a limit when its number has gone down. Raising one needs a decision record.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = new URL('../', import.meta.url);
const MAX_COLUMNS = 120;
/** Words of ours where the field has a standard one, as parts of identifiers. */
const HOUSE_WORDS =
  /(?<![a-z])(books|scrubb?(?:er|ed|s)?|advice|refusal|patience|closers|holder|oddit(?:y|ies)|surroundings|frontier|sift|unseen|most|longest|furthest)(?![a-z])/i;
/** The key of Sekoia's own connector in `context.json`. */
const FOREIGN = new Set(['most_recent_date_requested']);
const COMMENT = /^\s*(?:\*|\/\*\*|\/\/(?! eslint-disable))/;
const VENDORS = /microsoft|sekoia|graph\b|exchange|office ?365/gi;

const files = execFileSync('git', ['ls-files'], { cwd: fileURLToPath(ROOT), encoding: 'utf8' })
  .trim()
  .split('\n')
  .filter((path) => existsSync(new URL(path, ROOT)));
const textOf = (path) => readFileSync(new URL(path, ROOT), 'utf8');
const linesOf = (path) => textOf(path).split('\n').length - 1;
const matching = (pattern) => files.filter((path) => pattern.test(path));

function median(numbers) {
  return [...numbers].sort((one, other) => one - other)[Math.floor(numbers.length / 2)];
}

/** An identifier is split at its capitals, so that `mostRows` holds the word `most`. */
function houseWordsIn(path) {
  const code = textOf(path)
    .replace(/\/\*[^]*?\*\/|\/\/.*/g, '')
    .replace(/'[^'\n]*'|"[^"\n]*"|`[^`]*`/g, '');
  const identifiers = new Set(code.match(/[A-Za-z_$][\w$]*/g) ?? []);
  const inWords = (identifier) => identifier.replace(/([a-z\d])([A-Z])/g, '$1 $2').replace(/_/g, ' ');
  return [...identifiers].filter((identifier) => !FOREIGN.has(identifier) && HOUSE_WORDS.test(inWords(identifier)));
}

const product = matching(/^(?:module|src)\/.*\.ts$/);
const shim = matching(/^packages\/[^/]+\/src\/.*\.ts$/);
const tools = matching(/^tools\/[^/]+\/(?:src|page|scripts)\/.*\.(?:tsx?|mjs)$/).filter(
  (path) => !path.endsWith('.d.ts'),
);
const bench = matching(/^bench\/src\/.*\.ts$/);
const code = [...product, ...shim, ...tools];
const tooWide = [...code, ...bench, ...matching(/^(?:tests|scripts)\/.*\.(?:ts|mjs)$/)].flatMap((path) =>
  textOf(path)
    .split('\n')
    .filter((line) => line.length > MAX_COLUMNS && COMMENT.test(line)),
);
const vendorsInCollector = matching(/^src\/collector\/.*\.ts$/).flatMap(
  (path) => textOf(path).replaceAll('@sekoia/automation-sdk-shim', '').match(VENDORS) ?? [],
);
const houseWords = new Set([...code, ...bench].flatMap(houseWordsIn));

/** What is measured, its limit, and the target of the redesign. */
const measures = [
  { what: 'source files', is: code.length, limit: 387, target: 260 },
  { what: 'source files of the product (module, src)', is: product.length, limit: 136, target: 90 },
  { what: 'source files of the shim', is: shim.length, limit: 79, target: 70 },
  { what: 'source files of the tools', is: tools.length, limit: 172, target: 100 },
  { what: 'source files of the bench', is: bench.length, limit: 17, target: 17 },
  { what: 'median lines of the product', is: median(product.map(linesOf)), limit: Infinity, target: undefined },
  { what: 'median lines of the shim', is: median(shim.map(linesOf)), limit: Infinity, target: undefined },
  { what: `comment lines over ${MAX_COLUMNS} columns`, is: tooWide.length, limit: 0, target: 0 },
  { what: "vendors' names in src/collector", is: vendorsInCollector.length, limit: 0, target: 0 },
  { what: 'identifiers with house words', is: houseWords.size, limit: 0, target: 0 },
  { what: 'README in bytes', is: Buffer.byteLength(textOf('README.md')), limit: 7168, target: 7168 },
];

const cells = measures.map(({ what, is, limit, target }) => [
  what,
  is,
  Number.isFinite(limit) ? limit : '',
  target ?? '',
]);
for (const row of [['what', 'is', 'limit', 'target'], ...cells])
  process.stdout.write(
    `${String(row[0]).padEnd(44)}${row
      .slice(1)
      .map((cell) => String(cell).padStart(8))
      .join('')}\n`,
  );

if (process.argv.includes('--row-path')) await import('./row-path.mjs');

if (process.argv.includes('--check')) {
  const above = measures.filter(({ is, limit }) => is > limit);
  for (const { what, is, limit } of above) process.stderr.write(`${what}: ${is}, where ${limit} are allowed.\n`);
  process.exitCode = above.length > 0 ? 1 : 0;
}
