import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Locator, Page } from 'playwright-core';
import { openBrowser, watchedPage, type WatchedPage } from '../support/browser.js';
import { LocalRunner } from '../support/local-runner.js';

const password = 'typed-"Secret"-7f3a&<script>';
const intakeKey = 'typed-intake-key-91c4';

let browser: Browser;
let runner: LocalRunner;
let watched: WatchedPage;
let page: Page;

beforeAll(async () => {
  [browser, runner] = await Promise.all([openBrowser(), LocalRunner.start('--no-demo', '--rate', '3600')]);
  watched = await watchedPage(browser, runner.address);
  page = watched.page;
  await page.goto('/');
});
afterAll(async () => {
  await browser.close();
  await runner.remove();
});

const main = () => page.getByRole('main');
const button = (name: string | RegExp) => page.getByRole('button', { name });
const tab = (name: string) => page.getByRole('link', { name, exact: true });
const state = (words: string | RegExp) => main().locator('.playbook-facts').getByText(words);
const figure = (label: string) =>
  main()
    .locator('.figure')
    .filter({ has: page.getByText(label, { exact: true }) });

/** The figure's number, as soon as it fits. */
async function untilFigure(label: string, fits: (value: number) => boolean): Promise<number> {
  const value = figure(label).locator('.figure-value');
  const deadline = Date.now() + 90_000;
  for (;;) {
    const number = Number((await value.textContent())?.replaceAll(',', '').trim() || NaN);
    if (fits(number)) return number;
    if (Date.now() > deadline) throw new Error(`"${label}" stays at ${number}.`);
    await page.waitForTimeout(250);
  }
}

async function untilVisible(locator: Locator): Promise<void> {
  await locator.first().waitFor({ state: 'visible' });
}

// One life of a playbook, in the order in which a person would live it.

test('the library is empty at first and says what to do; a trigger is added and its configuration opens', async () => {
  await untilVisible(page.getByText('No playbook yet'));
  await main().getByRole('article', { name: 'Message Trace', exact: true }).getByRole('button').click();
  await untilVisible(page.getByRole('heading', { name: 'Required settings' }));
  await untilVisible(state('Configuration issues'));
  expect(await button('Start').isDisabled()).toBe(true);
});

test('a wrong value is told at its field as it is typed, and on save all at once', async () => {
  await page.getByText('Advanced settings').click();
  await page.getByLabel('Frequency').fill('0');
  await untilVisible(page.getByText(/at least 1|1 or more|from 1/));
  expect(await page.getByLabel('Frequency').getAttribute('aria-invalid')).toBe('true');
  await button('Save').click();
  await untilVisible(page.getByText('Not saved: 4 fields need correcting.'));
  const focused = page.locator(':focus');
  expect(await focused.getAttribute('aria-invalid')).toBe('true');
});

test('what is filled in is saved; its secrets are shown as saved, and never come back', async () => {
  await page.getByLabel('Frequency').fill('1');
  await page.getByLabel('Account name').fill('svc-trace@contoso.com');
  await page.getByLabel(/^Account password/).fill(password);
  await page.getByLabel(/^Intake key/).fill(intakeKey);
  await button('Save').click();
  await untilVisible(state('Ready to start'));
  expect(await page.getByText('Saved', { exact: true }).count()).toBe(2);
  await page.reload();
  await untilVisible(page.getByText('Saved', { exact: true }));
  expect(await page.getByLabel('Account name').inputValue()).toBe('svc-trace@contoso.com');
  expect(await page.getByLabel(/^Account password/).inputValue()).toBe('');
  for (const secret of [password, intakeKey]) {
    expect(await readFile(join(runner.dataFolder, 'playbooks', playbookId(), 'secrets.json'), 'utf8')).toContain(
      JSON.stringify(secret).slice(1, -1),
    );
    expect(await readFile(join(runner.dataFolder, 'playbooks', playbookId(), 'playbook.json'), 'utf8')).not.toContain(
      JSON.stringify(secret).slice(1, -1),
    );
  }
});

test('the simulated tenant fills in the form, and the trigger starts', async () => {
  await button('Use the simulated tenant').click();
  await button('Replace them').click();
  await untilVisible(page.getByText('Filled in with the simulated tenant and saved.'));
  expect(await page.getByLabel('Account name').inputValue()).not.toBe('svc-trace@contoso.com');
  await button('Start').click();
  await untilVisible(state('Running'));
});

test('events appear; one is found by a word, opened, and shows what was made of its row; the filter stays', async () => {
  await tab('Events').click();
  const rows = page.getByRole('row').filter({ has: page.getByRole('cell') });
  await untilVisible(rows);
  await button('Pause').click();
  // Some subjects are empty, or have characters that are shown by their codes.
  const chosen = rows.filter({ hasText: /#\d+/ }).first();
  const subject = (await chosen.locator('.event-open').textContent()) ?? '';
  const status = (await chosen.locator('.event-status').textContent()) ?? '';
  await page.getByLabel('Filter').fill('no such word in any event');
  await untilVisible(page.getByText('No event passes the filter'));
  await button('Clear the filter').click();
  await page.getByLabel('Filter').fill(subject);
  await page.getByLabel('Status').selectOption(`=${status}`);
  await untilVisible(rows);
  await rows.first().locator('.event-open').click();
  const dialog = page.getByRole('dialog');
  await untilVisible(dialog.getByText('"@timestamp"'));
  await untilVisible(dialog.getByText('"MessageTraceId"').last());
  expect(await dialog.getByRole('heading').first().textContent()).toBe(subject);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  await tab('Overview').click();
  await tab('Events').click();
  expect(await page.getByLabel('Filter').inputValue()).toBe(subject);
});

test('the logs of trigger and runner are searched and cut down to a level', async () => {
  await tab('Trigger logs').click();
  await untilVisible(page.getByText('Started', { exact: false }));
  await page.getByLabel('Level').selectOption('critical');
  await untilVisible(page.getByText('No line passes the filter'));
  await page.getByLabel('Level').selectOption('debug');
  await page.getByLabel('Search').fill('start');
  await untilVisible(main().locator('mark'));
});

test('among faults on both sides and an outage of the intake, missing grows and returns to 0, and nothing is repeated', async () => {
  await tab('Simulation').click();
  await untilFigure('Visible', (rows) => rows > 0);
  await page.getByLabel('Microsoft’s faults, %').fill('30');
  await page.getByLabel('The intake’s faults, %').fill('30');
  await page.getByLabel('The intake is out of service').check({ force: true });
  await untilFigure('Missing', (rows) => rows > 5);
  await page.getByLabel('The intake is out of service').uncheck({ force: true });
  await page.getByLabel('Microsoft’s faults, %').fill('0');
  await page.getByLabel('The intake’s faults, %').fill('0');
  await page.getByLabel('Mail rate, rows an hour').fill('0');
  await untilFigure('Missing', (rows) => rows === 0);
  await untilVisible(page.getByText('All rows have arrived, each once.'));
  expect(await untilFigure('Repeated', () => true)).toBe(0);
});

test('a killed trigger is told as crashed, starts again, and loses nothing', async () => {
  await page.getByLabel('Mail rate, rows an hour').fill('3600');
  await button('Kill the trigger').click();
  await untilVisible(state('Trigger crashed'));
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Kill the trigger');
  await untilVisible(state('Running'));
  await untilVisible(state('1 restart'));
  const before = await untilFigure('Delivered', () => true);
  await untilFigure('Delivered', (events) => events > before);
  await page.getByLabel('Mail rate, rows an hour').fill('0');
  await untilFigure('Missing', (rows) => rows === 0);
  expect(await untilFigure('Unknown', () => true)).toBe(0);
});

test('stopped and loaded anew, everything is still there', async () => {
  await button('Stop').click();
  await untilVisible(state('Ready to start'));
  await tab('Events').click();
  await page.reload();
  await untilVisible(page.getByRole('row'));
  await tab('Trigger logs').click();
  await untilVisible(page.getByText('Stopped', { exact: false }));
  await tab('Configuration').click();
  await untilVisible(page.getByText('Saved', { exact: true }));
});

test('the keyboard alone starts the trigger and opens an event', async () => {
  await button('Start').focus();
  await page.keyboard.press('Enter');
  await untilVisible(state('Running'));
  await tab('Events').focus();
  await page.keyboard.press('Enter');
  await page.locator('.event-open').first().focus();
  await page.keyboard.press('Enter');
  await untilVisible(page.getByRole('dialog').getByText('"@timestamp"'));
  await page.keyboard.press('Escape');
  await button('Stop').focus();
  await page.keyboard.press('Enter');
  await untilVisible(state('Ready to start'));
});

test('a playbook is deleted once that was confirmed, and the library is empty again', async () => {
  await tab('Configuration').click();
  await button('Delete playbook').click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /delete/i })
    .click();
  await untilVisible(page.getByText('No playbook yet'));
});

test('no answer and no output held a typed secret, nothing went elsewhere, and the browser had nothing to complain about', () => {
  expect(watched.responses.length).toBeGreaterThan(50);
  for (const secret of [password, intakeKey]) {
    const forms = [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)];
    for (const form of forms) {
      expect(watched.responses.filter((response) => response.includes(form))).toEqual([]);
      expect(runner.output).not.toContain(form);
    }
  }
  expect(watched.foreignRequests).toEqual([]);
  expect(watched.complaints).toEqual([]);
});

function playbookId(): string {
  return /#\/playbooks\/([^/]+)/.exec(page.url())?.[1] ?? '';
}
