// Tells Jest which files to begin with: those that wait longest, since whatever begins last decides when all is done.
const longest = [
  'late-rows',
  'module.test',
  'microsoft-away',
  'future-watermark',
  'collector.property',
  'playbook-life',
  'refused-access',
  'failure-table/status',
  'failures.test',
  'storage-hangs',
  'odd-volumes',
  'lesser-storages',
  'object-store.test',
  'folder-lock',
  'failure-table/intake',
  'long-outages',
  'service-clock',
  'hostile-answers',
  'delivery',
  'graph.test',
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
