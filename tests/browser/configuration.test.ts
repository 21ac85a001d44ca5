import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { openBrowser, watchedPage } from '../support/browser.js';
import { LocalRunner } from '../support/local-runner.js';

const wide = { width: 1600, height: 1000 };
const narrow = { width: 380, height: 800 };

let browser: Browser;
let runner: LocalRunner;
let page: Page;
beforeAll(async () => {
  [browser, runner] = await Promise.all([openBrowser(), LocalRunner.start('--no-demo')]);
});
afterEach(() => page.context().close());
afterAll(async () => {
  await browser.close();
  await runner.remove();
});

const button = (name: string) => page.getByRole('button', { name, exact: true });
const tab = (name: string) =>
  page.getByRole('navigation', { name: 'Views of the playbook' }).getByRole('link', { name });
const field = (label: string) => page.getByLabel(new RegExp(`^${label}`));
const saveBar = (words: string) => page.locator('.save-bar-words').getByText(words, { exact: true });
const messages = () => page.getByRole('status', { name: 'Messages' });

/** Opens the configuration of a playbook that has just been added. */
async function open(viewport: { readonly width: number; readonly height: number }): Promise<void> {
  ({ page } = await watchedPage(browser, runner.address, { viewport }));
  await page.goto('/');
  await page.getByRole('article', { name: 'Message Trace', exact: true }).getByRole('button').click();
  await page.getByRole('heading', { name: 'Required settings' }).waitFor();
}

/** Where something is in the window, in pixels from its left and upper edges. */
function placeOf(selector: string): Promise<{ left: number; right: number; top: number; bottom: number }> {
  return page.locator(selector).evaluate((element) => {
    const { left, right, top, bottom } = element.getBoundingClientRect();
    return { left, right, top, bottom };
  });
}

/** Asks the runner for a change, and does `edit` before its answer comes; fulfilled once the page has that. */
async function editMeanwhile(ask: () => Promise<void>, edit: () => Promise<void>): Promise<void> {
  const asked = page.waitForRequest((request) => request.method() !== 'GET');
  const edited = asked.then(edit);
  await page.route('**/api/playbooks/**', async (route) => {
    if (route.request().method() !== 'GET') await edited;
    await route.continue();
  });
  await ask();
  await edited;
  await page.locator('[aria-busy]').first().waitFor({ state: 'detached' });
  await page.unrouteAll();
}

test('what is typed while the draft is being saved stays, as unsaved changes', async () => {
  await open(wide);
  await field('Account name').fill('svc@contoso.com');
  await field('Account password').fill('typed');
  await field('Intake key').fill('typed-key');
  await editMeanwhile(
    () => button('Save').click(),
    async () => {
      await field('Name').fill('Typed meanwhile');
      await field('Account password').fill('typed-on');
    },
  );
  await saveBar('Unsaved changes').waitFor();
  expect(await field('Name').inputValue()).toBe('Typed meanwhile');
  expect(await field('Account password').inputValue()).toBe('typed-on');
  expect(await field('Intake key').inputValue()).toBe('');
  await button('Save').click();
  await saveBar('Saved.').waitFor();
  await page.reload();
  await page.waitForFunction(() => document.title.includes('Typed meanwhile'));
});

test('filled in with the simulated tenant, the form keeps a typed intake key, and what is typed meanwhile', async () => {
  await open(wide);
  await field('Account name').fill('svc@contoso.com');
  await field('Intake key').fill('typed-key');
  await button('Use the simulated tenant').click();
  await editMeanwhile(
    () => button('Replace them').click(),
    () => field('Name').fill('Typed meanwhile'),
  );
  await saveBar('Unsaved changes').waitFor();
  expect(await field('Account name').inputValue()).not.toBe('svc@contoso.com');
  expect(await field('Intake key').inputValue()).toBe('typed-key');
  expect(await field('Name').inputValue()).toBe('Typed meanwhile');
});

test.each([
  ['wide', wide],
  ['narrow', narrow],
])(
  'on a %s screen, a deletion that fails says why, and the message covers nothing of the view',
  async (_, viewport) => {
    await open(viewport);
    const why = 'The folder cannot be removed: end what has it open.';
    await page.route('**/api/playbooks/*', (route) =>
      route.request().method() === 'DELETE' ? route.fulfill({ status: 500, json: { error: why } }) : route.continue(),
    );
    await button('Delete playbook').click();
    const before = await placeOf('#main');
    await page.getByRole('dialog').getByRole('button', { name: 'Delete playbook' }).click();
    await messages().getByText(why).waitFor();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    const [view, message] = [await placeOf('#main'), await placeOf('.toasts .notice')];
    if (viewport === wide) {
      expect(view).toEqual(before);
      expect(message.right).toBeLessThanOrEqual(view.left);
    } else {
      expect(before.top).toBeLessThan(0);
      expect(view.top - before.top).toBeGreaterThanOrEqual(message.bottom);
    }
    await messages().getByRole('button', { name: 'Dismiss' }).click();
    await messages().getByText(why).waitFor({ state: 'hidden' });
  },
);

test('settings that are saved while the trigger runs wait for its restart, which is offered until it is done', async () => {
  await open(wide);
  await button('Use the simulated tenant').click();
  await saveBar('Saved.').waitFor();
  await button('Start').click();
  await page.locator('.state-pill').getByText('Running').first().waitFor();
  await page.getByText('Advanced settings').click();
  await field('Frequency').fill('7');
  await button('Save').click();
  await saveBar('Saved. Takes effect at the next start.').waitFor();

  await tab('Overview').click();
  await page.getByText('Saved settings take effect at the next start.').waitFor();
  await tab('Configuration').click();
  await button('Restart').focus();
  await page.keyboard.press('Enter');
  await saveBar('Nothing to save.').waitFor();
  await page.waitForFunction(() => document.activeElement?.className === 'save-bar-words');
  await button('Stop').click();
  await page.locator('.state-pill').getByText('Ready to start').first().waitFor();
});

test('a secret that would go to another address is asked for again, until the address is as it was', async () => {
  await open(wide);
  await field('Account name').fill('svc@contoso.com');
  await field('Account password').fill('typed');
  await field('Intake key').fill('typed-key');
  await button('Save').click();
  await saveBar('Saved.').waitFor();
  await field('Intake server').fill('https://intake.example');
  await button('Save').click();
  await page.getByText('Type it again').waitFor();
  await field('Intake server').fill('');
  await field('Account name').fill('other@contoso.com');
  await button('Save').click();
  await saveBar('Saved.').waitFor();
});

test('what the keyboard goes to does not lie under the save bar', async () => {
  ({ page } = await watchedPage(browser, runner.address, { viewport: wide }));
  await page.goto('/');
  await page.getByRole('article', { name: 'Message Trace (Microsoft Graph)' }).getByRole('button').click();
  await page.getByRole('heading', { name: 'Required settings' }).waitFor();
  await field('Name').focus();
  const hidden: string[] = [];
  for (let step = 0; step < 25; step += 1) {
    await page.keyboard.press('Tab');
    const under = await page.evaluate(() => {
      const bar = document.querySelector('.save-bar')!;
      const focused = document.activeElement!;
      const isUnder = focused.getBoundingClientRect().bottom > bar.getBoundingClientRect().top;
      return isUnder && focused.closest('.rjsf') ? focused.id : undefined;
    });
    if (under !== undefined) hidden.push(under);
  }
  expect(hidden).toEqual([]);
});

test('rules of filters are written in lines, saved and shown again', async () => {
  await open(wide);
  const rules = page.getByRole('textbox', { name: 'Do not send' });
  await page.getByRole('heading', { name: 'Which rows are sent' }).waitFor();
  await rules.fill('direction: internal and status: delivered\n\nsubject: *out of office*\n');
  await field('Account name').fill('svc@contoso.com');
  await field('Account password').fill('pass-word');
  await field('Intake key').fill('intake-key');
  await button('Save').click();
  await saveBar('Saved.').waitFor();
  await page.reload();
  await expect(rules.inputValue()).resolves.toBe('direction: internal and status: delivered\nsubject: *out of office*');
});
