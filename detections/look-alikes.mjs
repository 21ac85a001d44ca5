// Prints domains that look like one of yours, as the list of rules/look-alike-of-internal-domain.yml.
//   node detections/look-alikes.mjs example.com
// Sigma cannot measure how alike two names are. So the rule has a list, and this makes it.
import { domainToASCII } from 'node:url';

const LIKE = [
  ['o', '0'],
  ['l', '1'],
  ['l', 'i'],
  ['i', 'l'],
  ['i', '1'],
  ['e', '3'],
  ['a', '4'],
  ['s', '5'],
  ['m', 'rn'],
  ['rn', 'm'],
  ['w', 'vv'],
  ['d', 'cl'],
  // Cyrillic letters that look the same.
  ['a', 'а'],
  ['c', 'с'],
  ['e', 'е'],
  ['i', 'і'],
  ['o', 'о'],
  ['p', 'р'],
  ['x', 'х'],
  ['y', 'у'],
];
const ADDED = ['account', 'billing', 'group', 'hr', 'invoice', 'login', 'mail', 'pay', 'secure', 'support'];
const ENDINGS = ['biz', 'co', 'com', 'eu', 'info', 'io', 'net', 'online', 'org'];

/** @param {string} domain as it was registered: a name and a suffix, such as `example.co.uk` */
function lookAlikes(domain) {
  const [name, ...suffixes] = domain.toLowerCase().split('.');
  const suffix = suffixes.join('.');
  const places = Array.from(name, (_, at) => at);
  const names = [
    // A letter is missing, is there twice, or has changed places with the next.
    ...places.map((at) => name.slice(0, at) + name.slice(at + 1)),
    ...places.map((at) => name.slice(0, at + 1) + name.slice(at)),
    ...places.slice(1).map((at) => name.slice(0, at - 1) + name[at] + name[at - 1] + name.slice(at + 1)),
    // One letter, or all of a kind, look like another.
    ...LIKE.flatMap(([letter, other]) => [name.replace(letter, other), name.replaceAll(letter, other)]),
    ...ADDED.flatMap((word) => [`${name}-${word}`, `${word}-${name}`]),
  ].filter((other) => other.length > 1 && other !== name);
  const domains = [
    ...names.map((other) => `${other}.${suffix}`),
    ...ENDINGS.flatMap((ending) => [`${name}.${ending}`, `${name}${suffixes.join('')}.${ending}`]),
  ];
  return [...new Set(domains.map(domainToASCII))].filter((other) => other !== '' && other !== domain).sort();
}

const [domain = ''] = process.argv.slice(2);
if (/^[a-z\d-]+(\.[a-z\d-]+)+$/i.test(domain)) {
  process.stdout.write(
    lookAlikes(domain)
      .map((each) => `      - ${each}\n`)
      .join(''),
  );
} else {
  process.stderr.write(
    'Usage: node detections/look-alikes.mjs DOMAIN, such as example.com. Run it once for each domain.\n',
  );
  process.exitCode = 2;
}
