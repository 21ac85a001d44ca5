import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

const page = 'tools/playbook-runner/page';

export default tseslint.config(
  { ignores: ['**/dist/', '**/node_modules/', 'coverage/', '**/generated/'] },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { project: './tests/tsconfig.json', tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      // Template for records keyed by names that a schema or a protocol fixes: settings['start_time'] must stay allowed.
      '@typescript-eslint/dot-notation': 'off',
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: { string: true } }],
      eqeqeq: 'error',
      'no-console': 'error',
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: [`${page}/**/*.ts`, `${page}/**/*.tsx`],
    ignores: [`${page}/build/**`, `${page}/vite.config.ts`],
    extends: [reactHooks.configs.flat.recommended],
    languageOptions: {
      parserOptions: { project: `./${page}/tsconfig.json`, tsconfigRootDir: import.meta.dirname },
    },
  },
  {
    files: ['tests/**/*.ts', '{packages,tools}/*/tests/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      'max-lines': 'off',
    },
  },
);
