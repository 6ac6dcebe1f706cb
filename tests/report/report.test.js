// HTML reports in a real Chromium.
//
//   REPORTS=FOLDER CHROMIUM=PATH node --test report.test.js
'use strict';

const assert = require('node:assert/strict');
const { after, before, test } = require('node:test');
const { pathToFileURL } = require('node:url');
const { chromium } = require('playwright-core');
const { FLAGS, leastContrast } = require('./browser.js');

const { REPORTS, CHROMIUM, SHOTS } = process.env;
const CHARTS = ['sessions', 'seconds', 'waves', 'time-to-token', 'retries'];

let browser;
before(async () => { browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS }); });
after(() => browser.close());

/** A report that fails the test if anything on it fails, or if it asks for anything but itself. */
async function open(name, { scheme = 'light', width = 1280, file = 'report.html' } = {}) {
  const page = await browser.newPage({ colorScheme: scheme, viewport: { width, height: 1000 } });
  const url = pathToFileURL(`${REPORTS}/${name}/${file}`).href;
  page.strangers = [];
  page.on('pageerror', (error) => page.strangers.push(error.message));
  page.on('console', (message) => page.strangers.push(message.text()));
  page.on('request', (request) => { if (request.url() !== url) page.strangers.push(request.url()); });
  await page.goto(url);
  return page;
}

async function close(page) {
  assert.deepEqual(page.strangers, []);
  await page.close();
}

test('every chart is there, has words and a table, and shows something', async () => {
  for (const name of ['live', 'step', 'one', 'large', 'names', 'context']) {
    const page = await open(name);
    for (const id of CHARTS) {
      const chart = page.locator(`figure#${id}`);
      const svg = chart.getByRole('img');
      assert.ok((await svg.getAttribute('aria-labelledby')) && (await svg.getAttribute('aria-describedby')));
      const box = await svg.boundingBox();
      assert.ok(box.width > 600 && box.height > 60, `${name} ${id}: ${JSON.stringify(box)}`);
      const inked = await svg.evaluate((root) => [...root.querySelectorAll('path:not(.grid):not(.feel)')]
        .filter((path) => path.getBBox().width + path.getBBox().height > 0).length);
      assert.ok(inked > 0, `${name} ${id} is empty`);
      assert.ok(await chart.locator('details tbody tr').count() > 0, `${name} ${id} has no table`);
    }
    await close(page);
  }
});

test('nothing is drawn outside of its chart', async () => {
  for (const name of ['live', 'step', 'one', 'large', 'names', 'context']) {
    const page = await open(name);
    const outside = await page.evaluate(() => [...document.querySelectorAll('svg.chart')].flatMap((svg) => {
      const { width, height } = svg.viewBox.baseVal;
      return [...svg.querySelectorAll('path, text')].filter((shape) => {
        const box = shape.getBBox();
        return box.x < -1 || box.y < -1 || box.x + box.width > width + 1 || box.y + box.height > height + 1;
      }).map((shape) => shape.outerHTML.slice(0, 200));
    }));
    assert.deepEqual(outside, [], name);
    await close(page);
  }
});

test('names are never taken for markup', async () => {
  const page = await open('names');
  assert.equal(await page.title(), "<script>document.title='taken'</script> · imds-loadgen");
  assert.equal(await page.locator('img, script').count(), 0);
  assert.equal(await page.locator('h1').count(), 1);
  await page.getByRole('heading', { level: 1, name: '<script>' }).waitFor();
  await page.locator('#failures').waitFor();
  await page.getByText(/^The story of session/).last().click();
  await page.getByText('still under way when the run ended').waitFor();
  await close(page);
});

test('the page of many runs, and one without stories, say what they have', async () => {
  const many = await open('many');
  await many.getByText('20 from 20 on').waitFor();
  await close(many);
  const untold = await open('untold');
  await untold.getByText('No session left its story behind').waitFor();
  await close(untold);
});

test('the page of a plan has its answer, what moves it, and every try', async () => {
  const page = await open('plan');
  await page.getByText(/^answer\s+5 sessions at most/).waitFor();
  for (const [figure, rows] of [['tornado', 3], ['success', 6], ['makespan', 6]]) {
    const found = await page.locator(`figure#${figure} tbody tr`).count();
    assert.ok(found >= rows, `${figure}: ${found}`);
    assert.ok(await page.locator(`figure#${figure} svg.chart path`).count() >= rows);
  }
  const wanted = page.locator('figure#success svg.chart');
  await wanted.getByText('wanted: 90 %').waitFor();
  assert.ok((await wanted.locator('path.target').boundingBox()).width > 600);
  await page.locator('section:has(#assumptions)').getByRole('row', { name: 'service_time' }).waitFor();
  await close(page);
});

test('failures are shown with what was seen and why', async () => {
  const page = await open('context');
  const failures = page.locator('section:has(#failures)');
  await failures.locator('dd').getByText('nothing is shown').first().waitFor();
  await failures.locator('dd').getByText('though its script means').first().waitFor();
  await failures.locator('summary').first().click();
  await failures.locator('pre').getByText('reads the profile\'s file, once').first().waitFor();
  await page.getByRole('row', { name: 'profile\'s file, waited for' }).waitFor();
  await close(page);
});

test('the demo shows its acts on one axis of time, and leads to their reports', async () => {
  const page = await open('demo', { file: 'index.html' });
  const ends = await page.evaluate(() => [...document.querySelectorAll('figure')].map((figure) => {
    const times = [...figure.querySelectorAll('svg.chart text.middle')];
    return times.at(-1).textContent;
  }));
  assert.equal(ends.length, 5);
  assert.equal(new Set(ends).size, 1, `${ends}`);
  assert.equal(await page.getByRole('row', { name: 'succeeded' }).getByRole('cell').count(), 5);
  const links = page.getByRole('link', { name: 'The report of this run' });
  assert.equal(await links.count(), 5);
  const url = await links.first().evaluate((link) => link.href);
  await close(page);
  const act = await browser.newPage();
  await act.goto(url);
  await act.getByRole('heading', { level: 1, name: 'demo-herd' }).waitFor();
  await act.close();
});

test('tables open by keyboard, and what scrolls can be reached', async () => {
  const page = await open('step');
  const details = page.locator('figure#retries details');
  await details.locator('summary').focus();
  await page.keyboard.press('Enter');
  await details.getByRole('cell', { name: '100', exact: true }).first().waitFor();
  const stuck = await page.evaluate(() => [...document.querySelectorAll('.scroll, pre')]
    .filter((element) => element.tabIndex !== 0 || !element.getAttribute('role')).length);
  assert.equal(stuck, 0);
  const skip = page.getByRole('link', { name: 'Skip to the results' });
  await skip.focus();
  assert.ok((await skip.boundingBox()).x >= 0);
  await close(page);
});

test('a narrow window scrolls its charts and not itself', async () => {
  const page = await open('live', { width: 420 });
  const [scrolled, shown] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(scrolled <= shown, `${scrolled} > ${shown}`);
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/narrow.png` });
  await close(page);
});

test('it is readable in light and dark', async () => {
  for (const name of ['live', 'step', 'one', 'large', 'names', 'context', 'many', 'untold', 'plan', 'demo']) {
    for (const scheme of ['light', 'dark']) {
      const file = name === 'demo' ? 'index.html' : 'report.html';
      const page = await open(name, { scheme, file });
      const contrast = await page.evaluate(leastContrast);
      assert.ok(contrast.ratio >= 4.5, `${name} ${scheme}: ${contrast.ratio.toFixed(2)} of “${contrast.text}”`);
      if (SHOTS) await page.screenshot({ path: `${SHOTS}/${name}-${scheme}.png`, fullPage: true });
      await close(page);
    }
  }
});

test('it prints', async () => {
  const page = await open('live', { scheme: 'dark' });
  const pdf = await page.pdf({ format: 'A4', margin: { top: '1cm', bottom: '1cm', left: '1cm', right: '1cm' } });
  assert.ok(pdf.length > 10000);
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  assert.equal(paper, 'rgb(255, 255, 255)');
  if (SHOTS) require('node:fs').writeFileSync(`${SHOTS}/live.pdf`, pdf);
  await close(page);
});
