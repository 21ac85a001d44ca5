import { readFile } from 'node:fs/promises';

/** Node.js with what is built into it, and Debian with its packages, of the machine that this runs on. */
export async function systemComponents() {
  const release = Object.fromEntries(
    [...(await read('/etc/os-release')).matchAll(/^(\w+)="?([^"\n]*)"?$/gm)].map(([, name, value]) => [name, value]),
  );
  const packages = (await read('/var/lib/dpkg/status')).split('\n\n').flatMap((text) => debianComponent(text));
  return [node(), ...(release.ID === 'debian' ? [operatingSystem(release), ...packages] : [])];
}

function node() {
  const { node: version, ...parts } = process.versions;
  return {
    'bom-ref': `node@${version}`,
    type: 'platform',
    name: 'node',
    version,
    purl: `pkg:generic/node@${version}`,
    licenses: [{ license: { id: 'MIT' } }],
    components: Object.entries(parts).map(([name, part]) => ({
      'bom-ref': `node@${version}|${name}@${part}`,
      type: 'library',
      name,
      version: part,
    })),
  };
}

function operatingSystem({ ID, VERSION_ID, PRETTY_NAME }) {
  return {
    'bom-ref': `os@${VERSION_ID}`,
    type: 'operating-system',
    name: ID,
    version: VERSION_ID,
    description: PRETTY_NAME,
  };
}

/** A paragraph of dpkg's list; empty where the package is not installed. */
function debianComponent(text) {
  const field = (name) => new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1];
  const [name, version, architecture] = [field('Package'), field('Version'), field('Architecture')];
  if (name === undefined || version === undefined || !field('Status')?.endsWith(' installed')) return [];
  const purl = `pkg:deb/debian/${encodeURIComponent(name)}@${encodeURIComponent(version)}?arch=${architecture}`;
  return [{ 'bom-ref': purl, type: 'library', name, version, purl }];
}

function read(file) {
  return readFile(file, 'utf8').catch(() => '');
}
