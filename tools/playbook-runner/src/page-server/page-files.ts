import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { HttpError } from '@local/testbed';

export interface PageFile {
  readonly contentType: string;
  readonly body: Buffer;
  /** Whether its name changes with its content, so that it may be kept for ever. */
  readonly isImmutable: boolean;
}

export interface PageFilesOptions {
  /** The built page. */
  readonly folder: string;
  /** The module's logo, shown as `/logo.svg`. */
  readonly logo: string;
  readonly token: string;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

const TOKEN_PLACE = /(<meta name="request-token" content=")[^"]*(")/;
/** Vite puts a hash of the content into the names of what it writes here. */
const HASHED_NAMES = '/assets/';

/**
 * The files of the page. Only what a listing of the folder names is ever opened, so that no path can lead out of it.
 */
export class PageFiles {
  readonly #options: PageFilesOptions;

  constructor(options: PageFilesOptions) {
    this.#options = options;
  }

  /**
   * The file at a path such as `/assets/main-1a2b.js`; the page itself where there is none.
   *
   * @throws {HttpError} 503 where the page has not been built.
   */
  async read(path: string): Promise<PageFile> {
    const { folder, logo } = this.#options;
    if (path === '/logo.svg') return readPageFile(logo, false);
    const file = (await listFiles(folder)).get(path);
    if (file === undefined || path === '/index.html') return this.#readIndex();
    return readPageFile(file, path.startsWith(HASHED_NAMES));
  }

  async #readIndex(): Promise<PageFile> {
    const { folder, token } = this.#options;
    const html = await readFile(join(folder, 'index.html'), 'utf8').catch(() => {
      throw new HttpError(503, 'The page has not been built: run npm run build.');
    });
    return {
      contentType: CONTENT_TYPES['.html'] ?? '',
      body: Buffer.from(html.replace(TOKEN_PLACE, `$1${token}$2`)),
      isImmutable: false,
    };
  }
}

/** By their paths as a browser asks for them. */
async function listFiles(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(files.map((file) => [`/${relative(folder, file).split(sep).join('/')}`, file]));
}

async function readPageFile(file: string, isImmutable: boolean): Promise<PageFile> {
  return {
    contentType: CONTENT_TYPES[extname(file)] ?? 'application/octet-stream',
    body: await readFile(file),
    isImmutable,
  };
}
