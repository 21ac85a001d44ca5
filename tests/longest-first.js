// Tells Jest which files to begin with: those that wait longest, since whatever begins last decides when all is done.
const longest = [
  'failure-table/status',
  'late-rows',
  'failures.test',
  'long-outages',
  'object-storage',
  'dead-links',
  'sekoia/sign-in',
  'graph.test',
  'microsoft-refuses',
  'lesser-storages',
  'failure-table/intake',
  'connected-account',
  'service-clock',
  'sign-in.test',
  'delivery',
  'refused-access',
  'secrets.test',
  'acknowledgements',
  'platform.test',
  'playbook-life',
  'module.test',
  'collector.property',
  'storage-hangs',
  'microsoft-away',
  'odd-volumes',
  'object-store.test',
  'folder-lock',
  'hostile-answers',
  'settings',
  'runner.test',
];

const rank = ({ path }) => {
  const place = longest.findIndex((name) => path.includes('/tests/') && path.includes(name));
  return place < 0 ? longest.length : place;
};

export default class LongestFirst {
  sort(tests) {
    return [...tests].sort((one, other) => rank(one) - rank(other) || one.path.localeCompare(other.path));
  }

  allFailedTests(tests) {
    return tests;
  }

  cacheResults() {
    // Durations of other machines say little about this one.
  }
}
