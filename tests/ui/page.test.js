// The page of `imds-loadgen ui` in a real Chromium.
//
//   UI=http://127.0.0.1:PORT/ CHROMIUM=PATH node --test ui.test.js
'use strict';

const assert = require('node:assert/strict');
const { after, before, test } = require('node:test');
const { readFile } = require('node:fs/promises');
const { chromium } = require('playwright-core');
const { FLAGS, leastContrast } = require('./browser.js');

const { UI, CHROMIUM, SHOTS } = process.env;

let browser;
before(async () => { browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS }); });
after(() => browser.close());

/** A page that fails the test if anything on it fails, or if it asks for anything elsewhere. */
async function open(query = '', { scheme = 'light', width = 1400, script = true } = {}) {
  const context = await browser.newContext({
    colorScheme: scheme, viewport: { width, height: 900 }, javaScriptEnabled: script,
  });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  page.strangers = [];
  page.on('pageerror', (error) => page.strangers.push(error.message));
  page.on('console', (message) => page.strangers.push(message.text()));
  page.on('request', (request) => { if (!request.url().startsWith(UI)) page.strangers.push(request.url()); });
  await page.goto(UI + query);
  return page;
}

async function close(page) {
  assert.deepEqual(page.strangers.filter((url) => !url.startsWith('data:')), []);
  await page.context().close();
}

const answer = (page) => page.locator('.answer');
const short = (page) => page.getByRole('status');
/** The address follows when nothing more is asked. */
const address = (page, pattern) => page.waitForURL(pattern);

test('a slider changes the answer, the bars, the seconds and the address', async () => {
  const page = await open('?client=azure-cli&count=3');
  await answer(page).getByText('all of 3 sessions succeeded').waitFor();
  const bars = () => page.locator('#sessions tbody tr').count();
  assert.equal(await bars(), 3);
  const seconds = await page.locator('#seconds svg.chart').innerHTML();
  await page.getByLabel('jobs, slider').fill('40');
  await answer(page).getByText('of 40 sessions failed').waitFor();
  assert.equal(await page.getByLabel('jobs', { exact: true }).inputValue(), '40');
  assert.equal(await bars(), 40);
  assert.notEqual(await page.locator('#seconds svg.chart').innerHTML(), seconds);
  await short(page).getByText('of 40 succeed').waitFor();
  await address(page, /count=40/);
  const again = await open(new URL(page.url()).search);
  await answer(again).getByText('of 40 sessions failed').waitFor();
  assert.equal(await again.getByLabel('jobs', { exact: true }).inputValue(), '40');
  await close(again);
  await close(page);
});

test('of many changes the last is shown', async () => {
  const page = await open('?client=azure-cli&count=3');
  const slider = page.getByLabel('jobs, slider');
  for (let count = 4; count <= 60; count += 1) await slider.fill(String(count));
  await answer(page).getByText('of 60 sessions failed').waitFor();
  await address(page, /count=60/);
  await close(page);
});

test('the keyboard is enough', async () => {
  const page = await open('?client=azure-cli&count=30');
  await answer(page).getByText('of 30 sessions failed').waitFor();
  await page.getByLabel('none', { exact: true }).focus();
  await page.keyboard.press('ArrowDown');
  await answer(page).getByText('all of 30 sessions succeeded').waitFor();
  const places = page.getByLabel('jobs at once', { exact: true });
  await places.waitFor();
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute('aria-label')), 'jobs at once, slider');
  await page.keyboard.press('ArrowRight');
  assert.equal(await places.inputValue(), '6');
  await address(page, /remedy=gate&at_once=6/);
  await close(page);
});

test('rows come and go', async () => {
  const page = await open('?client=azure-cli&count=2');
  assert.equal(await page.getByRole('button', { name: 'Remove' }).count(), 0);
  await page.getByRole('button', { name: 'Add jobs' }).click();
  await page.getByLabel('client').nth(1).selectOption('py-azure-identity');
  await answer(page).getByText('all of 4 sessions succeeded').waitFor();
  await page.locator('#sessions').getByText('jobs-2 · py-azure-identity').waitFor();
  await page.getByRole('button', { name: 'Remove' }).first().click();
  await page.locator('#sessions').getByText('jobs-1 · py-azure-identity').waitFor();
  await close(page);
});

test('a number that is none yet is told of and changes nothing', async () => {
  const page = await open('?client=azure-cli&count=3');
  const count = page.getByLabel('jobs', { exact: true });
  await count.fill('');
  await short(page).getByText('not played: jobs: ').waitFor();
  assert.equal(await page.getByLabel('jobs, slider').inputValue(), '3');
  await answer(page).getByText('all of 3 sessions succeeded').waitFor();
  await count.fill('5');
  await answer(page).getByText('all of 5 sessions succeeded').waitFor();
  await short(page).getByText('5 of 5 succeed').waitFor();
  await close(page);
});

test('what is wrong with a link is told and not played in another way', async () => {
  const page = await open('?client=azure-cli&count=600&client=azure-powershell&count=600');
  const told = 'count: expected 1000 jobs at most, not 1200';
  await page.locator('#results').getByText(told).waitFor();
  await short(page).getByText(`not played: ${told}`).waitFor();
  // What a script would do at once, it has done after a turn of the page.
  await page.evaluate(() => new Promise((done) => { setTimeout(done, 0); }));
  await page.locator('#results').getByText(told).waitFor();
  await page.getByLabel('jobs', { exact: true }).first().fill('3');
  await answer(page).getByText('of 603 sessions failed').waitFor();
  await address(page, /count=3&client=azure-powershell&count=600/);
  // Chromium itself tells of the status 400.
  page.strangers = page.strangers.filter((text) => !text.includes('status of 400'));
  await close(page);
});

test('what is exported has the settings of the page', async () => {
  const page = await open('?client=azure-cli&count=3');
  await page.getByLabel('broker').check();
  await page.getByLabel('jobs', { exact: true }).fill('17');
  await answer(page).getByText('all of 17 sessions succeeded').waitFor();
  const [download] = await Promise.all([
    page.waitForEvent('download'), page.getByRole('link', { name: 'Export as a scenario' }).click(),
  ]);
  assert.equal(download.suggestedFilename(), 'scenario.toml');
  const text = await readFile(await download.path(), 'utf8');
  assert.match(text, /count = 17\n/);
  assert.match(text, /through = \{ broker = \{\} \}/);
  await page.getByRole('link', { name: 'Try every remedy' }).click();
  await page.getByText('What each remedy does').first().waitFor();
  await close(page);
});

test('without its script the form is sent by a button', async () => {
  const page = await open('?client=azure-cli&count=3', { script: false });
  await page.getByLabel('jobs', { exact: true }).fill('25');
  await page.getByRole('button', { name: 'Play' }).click();
  await answer(page).getByText('of 25 sessions failed').waitFor();
  await close(page);
});

test('it can be read in light and dark, and on a phone with the answer in sight', async () => {
  for (const scheme of ['light', 'dark']) {
    for (const width of [1400, 380]) {
      const page = await open('?client=azure-cli&count=30&remedy=gate', { scheme, width });
      await answer(page).getByText('all of 30 sessions succeeded').waitFor();
      const worst = await page.evaluate(leastContrast);
      assert.ok(worst.ratio >= 4.5, `${scheme} ${width}: ${JSON.stringify(worst)}`);
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.ok(wider <= 0, `${scheme} ${width}: ${wider} px too wide`);
      if (width < 500) {
        await page.getByLabel('starts a second, slider').scrollIntoViewIfNeeded();
        const box = await page.locator('#short').boundingBox();
        assert.ok(box.y >= 0 && box.y < 20 && box.height < 70, JSON.stringify(box));
        await page.locator('#short').getByText('30 of 30 succeed').waitFor();
      }
      if (SHOTS) await page.screenshot({ path: `${SHOTS}/ui-${scheme}-${width}.png`, fullPage: true });
      await close(page);
    }
  }
});

test('a program that has ended is told of', async () => {
  const page = await open('?client=azure-cli&count=3');
  await page.route('**/results?*', (route) => route.abort());
  await page.getByLabel('jobs', { exact: true }).fill('4');
  await short(page).getByText('not played: imds-loadgen ui has ended').waitFor();
  page.strangers = page.strangers.filter((text) => !text.includes('ERR_FAILED'));
  await close(page);
});
