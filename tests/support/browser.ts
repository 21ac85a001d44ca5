import { existsSync } from 'node:fs';
import axe from 'axe-core';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
/** No sandbox, as tests may run as root. Nothing that would use the network by itself. */
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export async function openBrowser(): Promise<Browser> {
  if (!existsSync(executablePath)) {
    throw new Error(`There is no browser at ${executablePath}: install Chromium, or name one with CHROMIUM=/path.`);
  }
  return chromium.launch({ executablePath, args: quiet });
}

/** A page, and all that came to it. */
export interface WatchedPage {
  readonly page: Page;
  /** The body of each answer, and its headers. */
  readonly responses: string[];
  /** Addresses of requests that went elsewhere than to `origin`. */
  readonly foreignRequests: string[];
  /** What the browser complained about: errors of scripts, and what the Content-Security-Policy stopped. */
  readonly complaints: string[];
}

/** Opens `origin`; nothing has been shown yet. */
export async function watchedPage(
  browser: Browser,
  origin: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ baseURL: origin, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const watched: WatchedPage = { page, responses: [], foreignRequests: [], complaints: [] };
  page.on('request', (request) => {
    if (!request.url().startsWith(`${origin}/`)) watched.foreignRequests.push(request.url());
  });
  page.on('response', (response) => {
    watched.responses.push(JSON.stringify(response.headers()));
    // A body that was given up when the page was left is no answer.
    response.text().then(
      (text) => watched.responses.push(text),
      () => undefined,
    );
  });
  page.on('pageerror', (error) => watched.complaints.push(error.message));
  page.on('console', (message) => {
    // The console also shows a refusal that a test asks for.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      watched.complaints.push(message.text());
  });
  return watched;
}

/**
 * What axe finds against the Web Content Accessibility Guidelines (levels A and AA) and its own best practices, a line
 * each.
 */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    interface Violation {
      readonly id: string;
      readonly help: string;
      readonly nodes: readonly { readonly html: string }[];
    }
    const { run } = (globalThis as unknown as { axe: { run: () => Promise<{ violations: Violation[] }> } }).axe;
    const { violations } = await run();
    return violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html}`));
  });
}
