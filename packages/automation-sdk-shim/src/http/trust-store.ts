import { X509Certificate } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as tls from 'node:tls';
import { codeOf } from '../data/folder/files.js';

/** Variables that name a file of certificates for Python's requests, curl and OpenSSL. */
const FILES = ['REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE', 'SSL_CERT_FILE'];
/** Variables that name a folder of such files. */
const FOLDERS = ['SSL_CERT_DIR'];
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

interface Trust {
  /** In PEM. */
  readonly certificates: readonly string[];
  /** Sentences for the operator. */
  readonly problems: readonly string[];
}

/** What is wrong with what the environment names, a sentence for each variable. */
export function trustProblems(env: NodeJS.ProcessEnv): readonly string[] {
  return readTrust(env).problems;
}

/**
 * For connections with TLS: the certificates that the environment names, besides those of `settings` or, where these
 * have none, of Node.js. Empty where the environment names none, so that Node.js uses its own.
 */
export function trustFrom(
  env: NodeJS.ProcessEnv,
  settings: tls.SecureContextOptions = {},
): { secureContext?: tls.SecureContext } {
  const trust = readTrust(env);
  if (trust.certificates.length === 0) return {};
  if (Object.keys(settings).length > 0) return { secureContext: createContext(env, trust, settings) };
  return { secureContext: (trust.context ??= createContext(env, trust, settings)) };
}

function createContext(
  env: NodeJS.ProcessEnv,
  { certificates }: Trust,
  settings: tls.SecureContextOptions,
): tls.SecureContext {
  const known = settings.ca === undefined ? knownToNode(env) : [settings.ca].flat();
  return tls.createSecureContext({ ...settings, ca: [...new Set([...known, ...certificates])] });
}

interface KnownTrust extends Trust {
  /** For connections without settings of their own: it takes a third of a second to make. */
  context?: tls.SecureContext;
}

/** What was read last: a folder of a distribution holds hundreds of files. */
let last: { readonly key: string; readonly trust: KnownTrust } | undefined;

function readTrust(env: NodeJS.ProcessEnv): KnownTrust {
  const key = JSON.stringify([...FILES, ...FOLDERS, 'NODE_EXTRA_CA_CERTS'].map((variable) => env[variable]));
  if (last?.key !== key) last = { key, trust: readAll(env) };
  return last.trust;
}

function readAll(env: NodeJS.ProcessEnv): Trust {
  const sources = [...FILES, ...FOLDERS].flatMap((variable) => {
    const path = env[variable]?.trim();
    if (path === undefined || path === '') return [];
    return [FOLDERS.includes(variable) ? readFolder(variable, path) : readFile(variable, path)];
  });
  return {
    certificates: [...new Set(sources.flatMap(({ certificates }) => certificates))],
    problems: sources.flatMap(({ problems }) => problems),
  };
}

function readFile(variable: string, path: string): Trust {
  try {
    const certificates = certificatesIn(readFileSync(path, 'utf8'));
    return certificates.length > 0
      ? { certificates, problems: [] }
      : { certificates, problems: [problem(variable, `file ${path}, which holds no certificate in PEM`)] };
  } catch (error) {
    // Requests take a folder here as well.
    if (codeOf(error) === 'EISDIR') return readFolder(variable, path);
    return { certificates: [], problems: [problem(variable, `file ${path}, which cannot be read (${codeOf(error)})`)] };
  }
}

/** Like OpenSSL, which takes several folders with a colon between them, and ignores what is no certificate. */
function readFolder(variable: string, paths: string): Trust {
  const parts = paths.split(':').filter((path) => path !== '');
  const read = parts.map((path): Trust => {
    try {
      const files = readdirSync(path, { withFileTypes: true }).filter((entry) => !entry.isDirectory());
      const certificates = files.flatMap(({ name }) => certificatesInFile(join(path, name)));
      return { certificates, problems: [] };
    } catch (error) {
      const text = `folder ${path}, which cannot be read (${codeOf(error)})`;
      return { certificates: [], problems: [problem(variable, text)] };
    }
  });
  const certificates = read.flatMap((each) => each.certificates);
  const problems = read.flatMap((each) => each.problems);
  if (certificates.length === 0 && problems.length === 0)
    problems.push(problem(variable, `folder ${paths}, which holds no certificate in PEM`));
  return { certificates, problems };
}

function certificatesInFile(path: string): string[] {
  try {
    return certificatesIn(readFileSync(path, 'utf8'));
  } catch {
    return [];
  }
}

/** Those that can be read: one that cannot would make every connection fail. */
function certificatesIn(text: string): string[] {
  return (text.match(CERTIFICATE) ?? []).filter(canBeRead);
}

function canBeRead(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

/** With those of NODE_EXTRA_CA_CERTS. Before version 22.15 Node.js does not tell them, so that file is read here. */
function knownToNode(env: NodeJS.ProcessEnv): readonly string[] {
  const { getCACertificates } = tls as { getCACertificates?: (type: 'default') => string[] };
  if (getCACertificates !== undefined) return getCACertificates('default');
  const extra = env['NODE_EXTRA_CA_CERTS'];
  return [...tls.rootCertificates, ...(extra === undefined ? [] : certificatesInFile(extra))];
}

function problem(variable: string, what: string): string {
  return `The environment variable ${variable} names the ${what}. It is ignored: servers with certificates of that authority cannot be reached. Correct it, or remove it.`;
}
