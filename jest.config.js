// Tests run as ES modules on the TypeScript sources (swc strips the types; `npm run typecheck` checks them).
// Packages are imported from source too: the export condition "source" of their package.json.
const common = {
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'es6' } }],
  },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/(packages|tools)/.*/dist/'],
};

const level = (displayName, ...testMatch) => ({
  ...common,
  displayName,
  testMatch,
  testEnvironment: './tests/environment.js',
});

/**
 * Files in which the collector lives many lives that differ in one thing. As a part of the project `integration` they
 * live one of each (tests/support/lives.ts).
 */
const LIVES = [
  'delivery',
  'failures',
  'late-rows',
  'failure-table/long-outages',
  'failure-table/microsoft-away',
  'failure-table/status',
  'lives/future-watermark',
  'microsoft/graph/dead-links',
];

/** Files of the repository's own tests and of each package's, in the folder of their level. */
const everywhere = (folder) => [
  `<rootDir>/tests/${folder}/**/*.test.ts`,
  `<rootDir>/{packages,tools}/*/tests/${folder}/**/*.test.ts`,
];

export default {
  // Much of what the tests do is waiting: six of them share two processors well.
  maxWorkers: 6,
  testSequencer: './tests/longest-first.js',
  // A loaded machine may take its time; what hangs is ended all the same. A unit test has a minute
  // (tests/pure-environment.js).
  testTimeout: 240_000,
  projects: [
    {
      ...level('unit', ...everywhere('unit')),
      testEnvironment: './tests/pure-environment.js',
    },
    {
      ...level('contract', '<rootDir>/tests/{contract,conformance}/**/*.test.ts'),
      testPathIgnorePatterns: ['/tests/contract/sdk/'],
    },
    level('sdk', '<rootDir>/tests/contract/sdk/**/*.test.ts'),
    level('detections', '<rootDir>/tests/detections/**/*.test.ts'),
    level('integration', ...everywhere('integration')),
    {
      ...level('lives', ...LIVES.map((name) => `<rootDir>/tests/integration/${name}.test.ts`)),
      globals: { everyLife: true },
    },
    level('browser', '<rootDir>/tests/browser/**/*.test.ts'),
    level('s3', '<rootDir>/tests/s3/**/*.test.ts'),
    level('scale', '<rootDir>/tests/scale/**/*.test.ts'),
    level('field', '<rootDir>/tests/field/**/*.test.ts'),
    level('long', ...everywhere('long')),
  ],
};
