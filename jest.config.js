// Tests run as ES modules on the TypeScript sources (swc strips the types; `npm run typecheck` checks them).
// Packages are imported from source too: the export condition "source" of their package.json.
const common = {
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'es6' } }],
  },
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    // The same code in one file instead of sixty, which every test file would load anew.
    '^axios$': '<rootDir>/node_modules/axios/dist/node/axios.cjs',
  },
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
  'exits',
  'failures',
  'late-rows',
  'failure-table/long-outages',
  'failure-table/microsoft-away',
  'failure-table/microsoft-refuses',
  'failure-table/service-clock',
  'failure-table/status',
  'lives/future-watermark',
  'microsoft/graph/dead-links',
];

/** Test files of a level: of the module, and of its packages and tools. */
const ofTheModule = (folder) => `<rootDir>/tests/${folder}/**/*.test.ts`;
const ofPackages = (folder) => `<rootDir>/{packages,tools}/*/tests/${folder}/**/*.test.ts`;

export default {
  // Much of what the tests do is waiting: six of them share two processors well.
  maxWorkers: 6,
  testSequencer: './tests/longest-first.js',
  // A loaded machine may take its time; what hangs is ended all the same. A unit test has a minute
  // (tests/pure-environment.js).
  testTimeout: 240_000,
  projects: [
    {
      ...level('unit', ofTheModule('unit'), ofPackages('unit')),
      testEnvironment: './tests/pure-environment.js',
    },
    {
      ...level('contract', ofTheModule('{contract,conformance}')),
      testPathIgnorePatterns: ['/tests/contract/(sdk|format)/'],
    },
    level('sdk', ofTheModule('contract/sdk')),
    level('format', ofTheModule('contract/format')),
    level('detections', ofTheModule('detections')),
    level('integration', ofTheModule('integration')),
    // The SDK adapter, the simulators and the playbook runner, each by itself.
    level('packages', ofPackages('integration')),
    {
      ...level('lives', ...LIVES.map((name) => `<rootDir>/tests/integration/${name}.test.ts`)),
      globals: { everyLife: true },
    },
    level('browser', ofTheModule('browser')),
    level('s3', ofTheModule('s3')),
    level('scale', ofTheModule('scale')),
    level('field', ofTheModule('field')),
    level('long', ofTheModule('long')),
  ],
};
