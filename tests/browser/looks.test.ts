import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { accessibilityFaults, openBrowser, watchedPage, type WatchedPage } from '../support/browser.js';
import { LocalRunner } from '../support/local-runner.js';

/** Every view is left here as a picture, for people to look at. */
const pictures = fileURLToPath(new URL('../../dist/pictures/', import.meta.url));

/** By name: its address, and what is there once it is complete. */
const views = {
  library: ['/#/', 'text=Your playbooks'],
  overview: ['/#/playbooks/demo/overview', 'text=Pass 8'],
  events: ['/#/playbooks/demo/events', '.event-open'],
  event: ['/#/playbooks/demo/events', '.event-open'],
  logs: ['/#/playbooks/demo/logs', 'text=Started'],
  configuration: ['/#/playbooks/demo/configuration', 'text=Required settings'],
  simulation: ['/#/playbooks/demo/simulation', 'text=Compared at'],
  account: ['/#/account', 'text=The connection works'],
  actions: ['/#/actions', 'text=Finished when it ran last.'],
  action: ['/#/actions/search_message_traces', '.results-table td'],
  details: ['/#/actions/get_message_trace_details', '.results-table td'],
} as const;
type View = keyof typeof views;

let browser: Browser;
let runner: LocalRunner;
beforeAll(async () => {
  await mkdir(pictures, { recursive: true });
  [browser, runner] = await Promise.all([openBrowser(), LocalRunner.start('--rate', '3600')]);
  await fillAccountAndActions();
});
afterAll(async () => {
  await browser.close();
  await runner.remove();
});

/** The account is tested, and two actions have run. */
async function fillAccountAndActions(): Promise<void> {
  const { page } = await watchedPage(browser, runner.address);
  const press = (name: string) => page.getByRole('button', { name }).click();
  await page.goto('/#/account');
  await press('Use the simulated tenant');
  await page.getByText('Filled in with').waitFor();
  await press('Test connection');
  await page.getByText('The connection works').waitFor();
  await page.goto('/#/actions/search_message_traces');
  await press('Run');
  const row = page.locator('.results-table tbody tr').first();
  await row.waitFor();
  const titles = await page.locator('.results-table th').allTextContents();
  const cell = (title: string) =>
    row
      .locator('td')
      .nth(titles.findIndex((one) => one.startsWith(title)))
      .innerText();
  const [id, recipient] = [await cell('Message trace ID'), await cell('Recipient')];
  await page.goto('/#/actions/get_message_trace_details');
  await page.getByLabel('Message trace ID').fill(id);
  await page.getByLabel('Recipient').fill(recipient);
  await press('Run');
  await page.locator('.results-table td').first().waitFor();
  await page.context().close();
}

async function show(page: Page, view: View): Promise<void> {
  const [address, complete] = views[view];
  await page.goto(address);
  await page.locator(complete).first().waitFor();
  if (view !== 'event') return;
  await page.locator('.event-open').first().click();
  await page.getByRole('dialog').getByText('"@timestamp"').waitFor();
}

const screens = [
  ['wide', 'light'],
  ['wide', 'dark'],
  ['narrow', 'light'],
  ['narrow', 'dark'],
] as const;

describe.each(screens)('on a %s screen, %s,', (width, colorScheme) => {
  let watched: WatchedPage;
  let page: Page;
  beforeAll(async () => {
    const viewport = width === 'wide' ? { width: 1600, height: 1000 } : { width: 380, height: 800 };
    watched = await watchedPage(browser, runner.address, { viewport, colorScheme });
    page = watched.page;
  });
  afterAll(() => page.context().close());

  test.each(Object.keys(views) as View[])('the view "%s" fits, and can be used by everybody', async (view) => {
    await show(page, view);
    await page.screenshot({ path: `${pictures}${view}-${width}-${colorScheme}.png` });
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(watched.complaints).toEqual([]);
  });
});

test('the theme that was chosen stays, whatever the system has', async () => {
  const { page } = await watchedPage(browser, runner.address, { colorScheme: 'light' });
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  await show(page, 'library');
  const light = await ground();
  await page.getByText('Dark', { exact: true }).click();
  await expect(ground()).resolves.not.toBe(light);
  await page.reload();
  await expect(ground()).resolves.not.toBe(light);
});

test('numbers that grow move nothing: the overview keeps its places while events come in', async () => {
  const { page } = await watchedPage(browser, runner.address, { viewport: { width: 1600, height: 1000 } });
  await show(page, 'overview');
  const places = () =>
    page.locator('main h2').evaluateAll((headings) => headings.map((heading) => heading.getBoundingClientRect().top));
  const delivered = page.locator('.figure').filter({ hasText: 'Delivered' }).locator('.figure-value');
  const [before, count] = [await places(), await delivered.textContent()];
  await page.waitForFunction(
    (text) =>
      [...document.querySelectorAll('.figure')].some(
        (it) => it.textContent.startsWith('Delivered') && !it.textContent.includes(text),
      ),
    count ?? '',
  );
  expect(await places()).toEqual(before);
});

const outages: Readonly<Record<string, (page: Page) => Promise<unknown>>> = {
  'refuses every connection': (page) => page.route('**/*', (route) => route.abort()),
  'is frozen': (page) => page.route('**/*', () => undefined),
  'misses one answer, and then has no page': async (page) => {
    await page.route('**/api/live**', (route) => route.abort(), { times: 1 });
    await page.route(
      ({ pathname }) => pathname === '/',
      (route) => route.fulfill({ status: 503, json: { error: 'The page has not been built.' } }),
    );
  },
};

test.each(Object.entries(outages))('a runner that %s is told as lost, until it answers again', async (_, begin) => {
  const { page } = await watchedPage(browser, runner.address);
  await hurry(page);
  await show(page, 'overview');
  const told = page.getByText('Not connected to the runner');
  await begin(page);
  await told.waitFor();
  await page.unrouteAll();
  await told.waitFor({ state: 'hidden' });
  await page.context().close();
});

/** The page waits a tenth as long for each answer. */
async function hurry(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    AbortSignal.timeout = (ms) => timeout(ms / 10);
  });
}
