// Writes what follows from the trigger cards: the type of each card's settings, and the connector card of the same suffix.
// `npm run generate -- --check` writes nothing and fails when a file has drifted from its card, or is written otherwise.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { compile } from 'json-schema-to-typescript';

const root = new URL('../', import.meta.url);
const check = process.argv.includes('--check');

const withoutTitle = ({ title: _wouldBecomeATypeOfItsOwn, ...property }) => property;

/** Once the defaults are filled in, a setting with a default is always there. */
const withDefaultsFilledIn = (schema) => ({
  ...schema,
  properties: Object.fromEntries(Object.entries(schema.properties).map(([name, it]) => [name, withoutTitle(it)])),
  required: Object.keys(schema.properties).filter(
    (name) => schema.required.includes(name) || 'default' in schema.properties[name],
  ),
  additionalProperties: false,
});

const typesOf = (card, file) =>
  compile(withDefaultsFilledIn(card.arguments), card.arguments.title, {
    bannerComment: `// Generated from ${file} by \`npm run generate\`. Do not edit.`,
    style: { singleQuote: true, printWidth: 120 },
    format: true,
  });

/**
 * As Python's `json.dumps(card, indent=2)` writes it, which is what the linter of Sekoia's library wants: without a final
 * line break, and other characters than ASCII escaped.
 */
const cardText = (card) =>
  JSON.stringify(card, null, 2).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

const connectorOf = ({ results: _passedToThePlaybook, ...card }) => cardText(card);

async function* generatedFiles() {
  const cards = (await readdir(root)).filter((file) => /^trigger_.*\.json$/.test(file)).sort();
  for (const file of ['manifest.json', ...cards]) {
    const card = JSON.parse(await readFile(new URL(file, root), 'utf8'));
    yield [file, cardText(card)];
    if (file === 'manifest.json') continue;
    const suffix = file.slice('trigger_'.length, -'.json'.length);
    yield [`connector_${suffix}.json`, connectorOf(card)];
    yield [`src/configuration/generated/${suffix.replaceAll('_', '-')}.ts`, await typesOf(card, file)];
  }
}

let drifted = 0;
for await (const [path, content] of generatedFiles()) {
  const target = new URL(path, root);
  const present = await readFile(target, 'utf8').catch(() => undefined);
  if (present === content) continue;
  drifted += 1;
  if (!check) await writeFile(target, content);
  process.stdout.write(`${check ? 'differs from what its card says' : 'written'}: ${path}\n`);
}
if (check && drifted > 0) {
  process.stderr.write('Run `npm run generate` and commit the result.\n');
  process.exitCode = 1;
}
