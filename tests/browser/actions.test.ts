import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { openBrowser, watchedPage, type WatchedPage } from '../support/browser.js';
import { LocalRunner } from '../support/local-runner.js';

const SECRET = 'typed~Into.the_page';

let browser: Browser;
let runner: LocalRunner;
let watched: WatchedPage;
let page: Page;
beforeAll(async () => {
  [browser, runner] = await Promise.all([openBrowser(), LocalRunner.start('--no-demo')]);
});
beforeEach(async () => {
  watched = await watchedPage(browser, runner.address, { viewport: { width: 1600, height: 1000 } });
  page = watched.page;
});
afterEach(async () => {
  expect(watched.complaints).toEqual([]);
  expect(watched.foreignRequests).toEqual([]);
  expect(watched.responses.join('\n')).not.toContain(SECRET);
  await page.context().close();
});
afterAll(async () => {
  await browser.close();
  await runner.remove();
});

const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });
const field = (name: string) => page.getByRole('textbox', { name: new RegExp(`^${name}`) });
const link = (name: string) => page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name, exact: true });
const text = (words: string | RegExp) => page.getByText(words).first();

/** Has the account sign in to the simulated tenant. */
async function useTenant(): Promise<void> {
  await page.goto('/#/account');
  await page.getByRole('button', { name: /^(Use the simulated tenant|Fill in again)$/ }).click();
  await text('Filled in with the simulated tenant and saved.').waitFor();
}

async function open(action: string): Promise<void> {
  await page.goto('/');
  await link('Actions').click();
  await page.getByRole('link', { name: `Open “${action}”` }).click();
  await page.getByRole('heading', { name: action }).waitFor();
}

/** The cells of a column of the table that is shown. */
async function column(title: string): Promise<string[]> {
  const titles = await page.locator('.results-table th').allTextContents();
  const at = titles.findIndex((one) => one.startsWith(title)) + 1;
  return page.locator(`.results-table td:nth-child(${at})`).allTextContents();
}

/** Cells of the first row, read at one moment: results of an earlier run leave the page when the next one begins. */
async function firstCells<const T extends readonly string[]>(...titles: T): Promise<{ [K in keyof T]: string }> {
  const cells = await page.waitForFunction((wanted) => {
    const shown = [...document.querySelectorAll('.results-table th')].map((one) => one.textContent);
    const row = [...document.querySelectorAll('.results-table tbody tr:first-child td')];
    const found = wanted.map((title) => row[shown.findIndex((one) => one.startsWith(title))]?.textContent);
    return found.every(Boolean) && found;
  }, titles);
  return (await cells.jsonValue()) as { [K in keyof T]: string };
}

describe('the connected account', () => {
  test('says what to do while it is empty', async () => {
    await page.goto('/#/actions');
    await text('There is no connected account yet').waitFor();
    await page.getByRole('link', { name: 'open the account' }).click();
    await text('The account is empty. Fill it in and save it, or use the simulated tenant.').waitFor();
    expect(await button('Test connection').isDisabled()).toBe(true);
  });

  test('is filled in with one click, and tested with another', async () => {
    await useTenant();
    await button('Test connection').click();
    await text('The connection works').waitFor();
    await text('Log: 6 lines').click();
    await text(/The check "query": The last hour was read/).waitFor();
  });

  test('that does not work says why, and its secret is never shown again', async () => {
    await useTenant();
    await field('Client secret').fill(SECRET);
    await text('Save your changes first').waitFor();
    await button('Save').click();
    await button('Test connection').click();
    await text('The connection does not work').waitFor();
    await text(/AADSTS7000215.*client_secret/).waitFor();
    await page.reload();
    await text('AADSTS7000215').waitFor();
    expect(await field('Client secret').inputValue()).toBe('');
  });

  test('whose address changes asks for its secret again', async () => {
    await useTenant();
    await field('Authority address').fill('http://127.0.0.1:9');
    await button('Save').click();
    await text('Type it again: it would go to another address than before.').waitFor();
    await page.waitForFunction(() => document.activeElement?.id === 'setting_client_secret');
    await button('Discard').click();
  });

  test('gives a trigger what is empty in its own settings', async () => {
    await useTenant();
    await page.goto('/');
    await page
      .getByRole('article', { name: 'Message Trace (Microsoft Graph)', exact: true })
      .getByRole('button')
      .click();
    await text('The connected account gives Tenant ID, Client ID, and Client secret.').waitFor();
    await field('Intake key').fill('key');
    await button('Save').click();
    await text('Saved.').waitFor();
    await button('Start').click();
    await page.getByText('Running', { exact: true }).first().waitFor();
    await button('Stop').click();
    await button('Start').waitFor();
  });
});

describe('an action', () => {
  beforeEach(useTenant);

  test('shows its results as a table that can be sorted, and as a file', async () => {
    await open('Search message traces');
    await text('Not run yet').waitFor();
    await field('Period').fill('2h');
    await page.getByLabel('delivered').check();
    await button('Run').click();
    await text('Complete: everything that fits was found.').waitFor();
    await text(/The playbook goes on in the branch found/).waitFor();
    expect(new Set(await column('Status'))).toEqual(new Set(['delivered']));
    const sort = button(/^Sender/);
    await sort.click();
    const senders = await column('Sender');
    expect(senders.length).toBeGreaterThan(50);
    expect(senders).toEqual(senders.toSorted(new Intl.Collator('en', { numeric: true, sensitivity: 'base' }).compare));
    expect(await page.locator('th[aria-sort="ascending"]').textContent()).toContain('Sender');
    // With the keyboard, the other way round.
    await sort.focus();
    await page.keyboard.press('Enter');
    expect(await page.locator('th[aria-sort="descending"]').textContent()).toContain('Sender');

    const started = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download as JSON' }).click();
    const download = await started;
    expect(download.suggestedFilename()).toBe('search_message_traces.json');
    const results = JSON.parse(await readFile(await download.path(), 'utf8')) as { count: number; complete: boolean };
    const shown = await page.locator('.results-count').textContent();
    expect(results).toMatchObject({ complete: true, count: Number(shown?.replace(',', '')) });

    // What was found is there again after a reload, and so is what was looked for.
    await page.reload();
    await text('Complete: everything that fits was found.').waitFor();
    expect(await field('Period').inputValue()).toBe('2h');
    expect(await page.getByLabel('delivered').isChecked()).toBe(true);
  });

  test('tells what happened to a message, and who received it', async () => {
    await open('Search message traces');
    await button('Run').click();
    await text('Complete:').waitFor();
    const [id, recipient] = await firstCells('Message trace ID', 'Recipient');
    await open('Get details of a message trace');
    await field('Message trace ID').fill(id);
    await field('Recipient').fill(recipient);
    await button('Run').click();
    await page.getByRole('heading', { name: /^Steps/ }).waitFor();
    expect(await column('Event')).toContain('Receive');
    await open('Find the recipients of a message');
    await field('Message trace ID').fill(id);
    await button('Run').click();
    await page.getByRole('heading', { name: /^Recipients/ }).waitFor();
    expect((await column('Recipient')).map((one) => one.toLowerCase())).toContain(recipient.toLowerCase());
  });

  test('is not run while an argument is missing, and says what the module says of a wrong one', async () => {
    await open('Get details of a message trace');
    // It is filled in with what it was given last.
    await field('Message trace ID').fill('');
    await field('Recipient').fill('');
    await button('Run').click();
    await text('Not run: 2 fields need correcting.').waitFor();
    await page.waitForFunction(() => document.activeElement?.id === 'setting_message_trace_id');
    await field('Message trace ID').fill('no GUID');
    await field('Recipient').fill('someone@example.com');
    await button('Run').click();
    await text('The action failed').waitFor();
    await text(/message_trace_id/).waitFor();
  });

  test('can be stopped', async () => {
    await changeTenant({ outage: true });
    await open('Find the recipients of a message');
    await field('Message ID').fill('<nowhere@example.com>');
    await button('Run').click();
    await button('Stop').click();
    await page.getByText('Stopped', { exact: true }).waitFor();
    await changeTenant({ outage: false });
    await button('Run').click();
    await text(/The playbook goes on in the branch not_found/).waitFor();
  });
});

/** As the page does on the view "Simulation". */
async function changeTenant(controls: object): Promise<void> {
  const status = await page.evaluate(async (body) => {
    const token = document.querySelector<HTMLMetaElement>('meta[name="request-token"]')?.content ?? '';
    const headers = { 'content-type': 'application/json', 'x-request-token': token };
    return (await fetch('/api/tenant', { method: 'PATCH', headers, body: JSON.stringify(body) })).status;
  }, controls);
  expect(status).toBe(200);
}
