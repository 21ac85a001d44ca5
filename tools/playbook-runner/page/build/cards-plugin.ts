import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { RJSFSchema } from '@rjsf/utils';
import { compileSchemaValidatorsCode } from '@rjsf/validator-ajv8/compileSchemaValidators';
import type { Plugin } from 'vite';

/** What is used of a `trigger_*.json`. */
interface CardFile {
  readonly name: string;
  readonly docker_parameters: string;
  readonly arguments: RJSFSchema;
}

const cardsModule = 'virtual:cards';
const validatorsOf = 'virtual:card-validators/';
/** How Rollup's plugins mark what is no file. */
const mark = '\0';

/**
 * Offers `virtual:cards`: the triggers' cards, each with functions that check settings against it. They are written
 * when the page is built, as ajv would make them by `eval` otherwise, which the page's policy forbids.
 *
 * @param root the folder with the cards
 */
export function cards(root: URL): Plugin {
  const read = (): CardFile[] => readCards(root);
  return {
    name: 'cards',
    resolveId(id, importer) {
      if (id === cardsModule || id.startsWith(validatorsOf)) return mark + id;
      // The functions require parts of ajv, which are found from here: the code itself has no place.
      if (importer?.startsWith(mark + validatorsOf)) return this.resolve(id, import.meta.filename);
      return undefined;
    },
    load(id) {
      if (id === mark + cardsModule) return cardsCode(read());
      if (!id.startsWith(mark + validatorsOf)) return undefined;
      const card = read().find(({ docker_parameters: trigger }) => id === mark + validatorsModule(trigger));
      return card && validatorsCode(card);
    },
  };
}

function readCards(root: URL): CardFile[] {
  const files = readdirSync(root).filter((name) => /^trigger_.+\.json$/.test(name));
  return files.map((name) => JSON.parse(readFileSync(fileURLToPath(new URL(name, root)), 'utf8')) as CardFile);
}

/** Ends in .cjs, for the code is CommonJS. */
function validatorsModule(trigger: string): string {
  return `${validatorsOf}${trigger}.cjs`;
}

function cardsCode(files: readonly CardFile[]): string {
  const imports = files.map(
    ({ docker_parameters: trigger }, at) =>
      `import validators${at} from ${JSON.stringify(validatorsModule(trigger))};\n`,
  );
  const entries = files.map(({ name, docker_parameters: trigger, arguments: schema }, at) => {
    const card = JSON.stringify({ name, trigger, schema });
    return `[${JSON.stringify(trigger)}, { ...${card}, validators: validators${at} }],\n`;
  });
  return `${imports.join('')}export const cards = new Map([\n${entries.join('')}]);\n`;
}

/** Errors without the settings in them: those may be secret. */
function validatorsCode({ arguments: schema }: CardFile): string {
  return compileSchemaValidatorsCode(schema, { ajvOptionsOverrides: { verbose: false } });
}
