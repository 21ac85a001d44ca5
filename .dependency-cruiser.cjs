/** Who may import whom: see docs/architecture.md. Each rule is one sentence of it. */
const only = (name, from, allowed, comment) => ({
  name,
  severity: 'error',
  comment,
  from: { path: from },
  to: { pathNot: [from, ...allowed], dependencyTypesNot: ['core'] },
});

const shim = '^packages/automation-sdk-shim/';
const runner = '^tools/playbook-runner/';
/** Limits that every layer keeps: nothing but constants. */
const budgets = '^packages/automation-sdk-shim/(src|dist)/budgets';
/** Every source of message traces. */
const sources = ['^src/microsoft/graph/', '^src/microsoft/reporting-web-service'];
const library = (...names) => names.map((name) => `^node_modules/(@types/)?${name}/`);

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: {
        orphan: true,
        pathNot: [
          '\\.d\\.ts$',
          '^module/(main|message-trace)\\.ts$',
          '/src/main\\.ts$',
          '/src/(microsoft|chaos)/main\\.ts$',
          '^bench/src/(floor|usage)\\.ts$',
          '/page/vite\\.config\\.ts$',
          '/page/public/',
        ],
      },
      to: {},
    },
    {
      name: 'not-to-unresolvable',
      severity: 'error',
      comment: "A virtual module is made by the page's own plugin of Vite.",
      from: {},
      to: { couldNotResolve: true, pathNot: ['^virtual:'] },
    },
    {
      name: 'not-to-dev-dependency',
      severity: 'error',
      comment:
        'What runs in the image needs production dependencies only; optional peers are imported when they are asked for.',
      from: { path: ['^module/', '^src/', shim + 'src/'] },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only', 'npm-peer'] },
    },
    only(
      'module-registers',
      '^module/',
      ['^src/(actions|sekoia)/', '^src/cli/command-line\\.ts$', shim],
      'module → src/sekoia (triggers), src/actions, the command line and the SDK.',
    ),
    only(
      'actions-ask-the-search',
      '^src/actions/',
      ['^src/(search|sekoia|settings|message-trace|model)/', shim],
      'actions → search, its joint in sekoia, settings, message-trace, model and the SDK.',
    ),
    only(
      'command-line-asks-everything',
      '^src/cli/',
      [
        '^src/(actions/cards|collector/checkpoint|checks|message-trace|microsoft|model|search|sekoia|settings)',
        shim,
        ...library('commander', 'csv-parse', 'csv-stringify', 'cli-progress', 'cli-table3', 'prom-client', 'luxon'),
      ],
      'cli → search, checks, sekoia, settings, message-trace, microsoft, model and the SDK.',
    ),
    {
      name: 'nothing-imports-the-command-line',
      severity: 'error',
      comment: 'The command line is a second entry beside module/main.ts.',
      from: { path: '^(module/(?!message-trace\\.ts$)|src/(?!cli/))' },
      to: { path: '^src/cli/' },
    },
    only(
      'sekoia-is-the-joint',
      '^src/sekoia/',
      ['^src/(checks|collector|microsoft|message-trace|search|settings|model)/', shim, ...library('prom-client')],
      "src/sekoia joins everything: it is the platform's side.",
    ),
    only(
      'collector-knows-the-model',
      '^src/collector/',
      ['^src/model/', budgets, ...library('luxon')],
      'collector → model.',
    ),
    only(
      'model-imports-nothing',
      '^src/model/',
      [shim + '(src|dist)/index'],
      'The model imports nothing but how stored documents are checked.',
    ),
    only(
      'checks-ask-microsoft',
      '^src/checks/',
      ['^src/(microsoft|model)/', shim],
      'checks → microsoft, model and the SDK.',
    ),
    only(
      'message-trace-knows-the-model',
      '^src/message-trace/',
      ['^src/model/', ...library('tldts')],
      'message-trace → model.',
    ),
    {
      name: 'without-http',
      severity: 'error',
      from: { path: '^src/(collector|message-trace|model|settings)/' },
      to: { path: ['^(node:)?https?$', '^node_modules/axios/'] },
    },
    {
      name: 'events-without-effects',
      severity: 'error',
      from: { path: '^src/message-trace/' },
      to: { dependencyTypes: ['core'], pathNot: ['^(node:)?(crypto|net|url)$'] },
    },
    only(
      'microsoft-knows-the-model',
      '^src/microsoft/',
      [
        '^src/model/',
        shim,
        ...library('axios', 'p-retry', 'luxon', '@azure/msal-node', '@azure/msal-common', '@rgrove/parse-xml'),
      ],
      "microsoft → model and the SDK's HTTP client.",
    ),
    only(
      'search-asks-microsoft',
      '^src/search/',
      ['^src/(microsoft|message-trace|model)/', shim, ...library('luxon')],
      'search → microsoft, message-trace, model and the SDK.',
    ),
    {
      name: 'collector-and-sources-know-no-search',
      severity: 'error',
      comment: 'What collects works without what searches.',
      from: { path: '^src/(collector|microsoft|message-trace|model|settings)/' },
      to: { path: '^src/search/' },
    },
    ...sources.map((source) => ({
      name: 'sources-never-import-each-other',
      severity: 'error',
      from: { path: source },
      to: { path: sources.filter((other) => other !== source) },
    })),
    {
      name: 'what-sources-share-knows-none',
      severity: 'error',
      from: { path: '^src/microsoft/', pathNot: sources },
      to: { path: sources },
    },
    only('settings-stand-alone', '^src/settings/', [], 'The settings stand alone.'),
    {
      name: 'packages-import-nothing-of-src',
      severity: 'error',
      comment: 'They are a second reading of the contracts, and would otherwise share our mistakes.',
      from: { path: '^(packages|tools)/' },
      to: { path: ['^src/', '^module/'] },
    },
    {
      name: 'nothing-that-ships-imports-tools',
      severity: 'error',
      comment: 'tools/ never ships.',
      from: { path: ['^module/', '^src/', '^packages/'] },
      to: { path: ['^tools/', '^bench/'] },
    },
    only(
      'shim-stands-alone',
      '^packages/automation-sdk-shim/',
      ['^node_modules/'],
      'The shim is published by itself one day: it imports libraries only.',
    ),
    only(
      'testbed-is-what-is-around-the-module',
      '^tools/testbed/',
      ['^packages/automation-sdk-shim/src/(log/spellings|index)\\.ts$', '^node_modules/'],
      'The testbed takes from the shim only in which spellings a secret can leak; the module is a process to it.',
    ),
    {
      name: 'simulated-microsoft-stands-alone',
      severity: 'error',
      comment: 'It is written from documents: nothing about the module or Sekoia.io is known there.',
      from: { path: '^tools/testbed/src/microsoft/' },
      to: { path: ['^packages/', '^tools/testbed/src/(?!microsoft/|faults/|http/|random|errors)'] },
    },
    {
      name: 'runner-imports-the-testbed',
      severity: 'error',
      comment: 'The runner joins the stand-ins of the testbed with a page; it knows nothing of chaos.',
      from: { path: '^tools/playbook-runner/' },
      to: { path: ['^packages/', '^tools/testbed/src/chaos/'] },
    },
    only(
      'bench-starts-processes',
      '^bench/',
      ['^tools/testbed/(src|dist)/index'],
      'The module and the floor are processes to the bench: it imports the testbed only.',
    ),
    only(
      'page-knows-the-server-by-its-wire',
      runner + 'page/',
      [
        runner + 'src/wire/',
        runner + 'src/form/(account|check-name|credential|problems|secrets|settings-schema|tenant-settings)\\.ts$',
        '^virtual:',
        ...library('react', 'react-dom', '@rjsf/[^/]+', 'uplot', 'wouter', 'vite'),
      ],
      'The page imports what server and page share, and libraries for browsers.',
    ),
    only(
      'what-page-and-server-share-stands-alone',
      runner + 'src/(wire|form)/',
      [runner + 'src/(wire|form)/', '^tools/testbed/(src|dist)/sekoia/log-levels', ...library('ajv', 'ajv-formats')],
      'Types of the API, and what the form says of wrong settings.',
    ),
    {
      name: 'server-imports-no-page',
      severity: 'error',
      comment: 'The page is built into files, which the server serves.',
      from: { path: runner + 'src/' },
      to: { path: runner + 'page/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.base.json' },
    tsPreCompilationDeps: 'specify',
    enhancedResolveOptions: { conditionNames: ['source', 'import', 'node', 'default'], exportsFields: ['exports'] },
  },
};
