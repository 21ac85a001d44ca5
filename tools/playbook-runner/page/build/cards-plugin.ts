import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { RJSFSchema } from '@rjsf/utils';
import { compileSchemaValidatorsCode } from '@rjsf/validator-ajv8/compileSchemaValidators';
import type { Plugin } from 'vite';

/** What is used of a `trigger_*.json` or an `action_*.json`. */
interface CardFile {
  readonly name: string;
  readonly description: string;
  readonly docker_parameters: string;
  readonly arguments: RJSFSchema;
  /** Of actions, as are the branches. */
  readonly results?: RJSFSchema;
  readonly outputs?: Readonly<Record<string, string>>;
}

/** What can be filled in on the page. */
interface Form {
  readonly key: string;
  readonly of: 'cards' | 'actionCards' | 'accountCards';
  readonly card: Readonly<Record<string, unknown>> & { readonly schema: RJSFSchema };
}

const cardsModule = 'virtual:cards';
const validatorsOf = 'virtual:card-validators/';
/** How Rollup's plugins mark what is no file. */
const mark = '\0';

/**
 * Offers `virtual:cards`: the cards of triggers and actions, and what manifest.json asks for an account; each with
 * functions that check settings against it. They are written
 * when the page is built, as ajv would make them by `eval` otherwise, which the page's policy forbids.
 *
 * @param root the folder with the cards
 */
export function cards(root: URL): Plugin {
  const read = (): Form[] => readForms(root);
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
      const form = read().find(({ key }) => id === mark + validatorsModule(key));
      return form && validatorsCode(form);
    },
  };
}

function readForms(root: URL): Form[] {
  const json = (name: string): unknown => JSON.parse(readFileSync(fileURLToPath(new URL(name, root)), 'utf8'));
  const files = (pattern: RegExp) =>
    readdirSync(root)
      .filter((name) => pattern.test(name))
      .sort();
  const triggers = files(/^trigger_.+\.json$/).map((name): Form => {
    const { name: title, docker_parameters: trigger, arguments: schema } = json(name) as CardFile;
    return { key: trigger, of: 'cards', card: { name: title, trigger, schema } };
  });
  const actions = files(/^action_.+\.json$/).map((name): Form => {
    const {
      docker_parameters: command,
      arguments: schema,
      results = {},
      outputs = {},
      ...card
    } = json(name) as CardFile;
    const { name: title, description } = card;
    return { key: command, of: 'actionCards', card: { command, name: title, description, schema, results, outputs } };
  });
  const { configuration: schema } = json('manifest.json') as { readonly configuration: RJSFSchema };
  return [...triggers, ...actions, { key: 'account', of: 'accountCards', card: { schema } }];
}

/** Ends in .cjs, for the code is CommonJS. */
function validatorsModule(key: string): string {
  return `${validatorsOf}${key}.cjs`;
}

function cardsCode(forms: readonly Form[]): string {
  const imports = forms.map(({ key }, at) => `import validators${at} from ${JSON.stringify(validatorsModule(key))};\n`);
  const entries = (of: Form['of']) =>
    forms.flatMap((form, at) =>
      form.of === of
        ? [`[${JSON.stringify(form.key)}, { ...${JSON.stringify(form.card)}, validators: validators${at} }],\n`]
        : [],
    );
  const maps = (['cards', 'actionCards', 'accountCards'] as const).map(
    (of) => `export const ${of} = new Map([\n${entries(of).join('')}]);\n`,
  );
  return imports.join('') + maps.join('');
}

/** Errors without the settings in them: those may be secret. */
function validatorsCode({ card: { schema } }: Form): string {
  return compileSchemaValidatorsCode(schema, { ajvOptionsOverrides: { verbose: false } });
}
