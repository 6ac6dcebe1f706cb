// The live page in a real Chromium, while an emulator is under load.
//
//   ADMIN=http://127.0.0.1:PORT IMDS=http://127.0.0.1:PORT MANAGER=http://127.0.0.1:PORT node --test page.test.js
'use strict';

const assert = require('node:assert/strict');
const { after, before, beforeEach, test } = require('node:test');
const har = require('har-validator');
const { chromium } = require('playwright-core');
const { FLAGS, leastContrast } = require('./browser.js');

const { ADMIN, IMDS, MANAGER, CHROMIUM, SHOTS } = process.env;
const TOKEN = '/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://vault.azure.net/';

let browser;
before(async () => { browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS }); });
after(() => browser.close());
beforeEach(async () => {
  await fetch(`${ADMIN}/limits`, { method: 'PUT', body: '{}' });
  await fetch(`${ADMIN}/reset`, { method: 'POST' });
});

/** Asks IMDS; the body if it is a token. */
async function metadata(path, agent = 'page-test') {
  const answer = await fetch(IMDS + path, { headers: { Metadata: 'true', 'User-Agent': agent } });
  return answer.json();
}

const herd = (count) => Promise.all(Array.from({ length: count }, () => metadata(TOKEN)));

/** A page that fails the test if a script on it fails, or if it asks for anything elsewhere. */
async function open(scheme = 'light') {
  const page = await browser.newPage({ colorScheme: scheme, viewport: { width: 1280, height: 1000 } });
  page.strangers = [];
  page.on('pageerror', (error) => page.strangers.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith(ADMIN)) page.strangers.push(request.url());
  });
  await page.goto(ADMIN);
  await page.getByText('live', { exact: true }).waitFor();
  return page;
}

async function close(page) {
  assert.deepEqual(page.strangers, []);
  await page.close();
}

test('numbers change as requests come', async () => {
  const page = await open();
  await page.getByText('nothing was asked yet').waitFor();
  await herd(8);
  await page.locator('#identity').getByText('5 admitted').waitFor();
  await page.locator('#identity').getByText('3 refused (0 by rate, 3 by concurrency)').waitFor();
  assert.equal(await page.locator('#recent tr').count(), 8);
  await page.locator('#identity rect.refused').first().waitFor();
  await page.locator('#identity').getByText('0 of 5 in use, at most 5 so far').waitFor();
  await page.locator('#recent').getByText('concurrency, left: rate 15, slots 0').first().waitFor();
  await close(page);
});

test('no token is on it, and nothing that was sent is taken for markup', async () => {
  const { access_token: token } = await metadata(TOKEN);
  const markup = '<img src=x onerror="document.title=1">';
  await metadata(`/metadata/versions?${encodeURIComponent(markup)}=1&client_id=${token}`, markup);
  const page = await open();
  await page.locator('#recent').getByText(markup).first().waitFor();
  assert.equal(await page.locator('img').count(), 0);
  const content = await page.content();
  for (const part of token.split('.')) assert.ok(!content.includes(part));
  await close(page);
});

test('what the limits and faults did is counted, and every setting told', async () => {
  const limits = { other: { rate: { requests: 1, window: '1h' } }, penalty: '1h' };
  await fetch(`${ADMIN}/limits`, { method: 'PUT', body: JSON.stringify(limits) });
  const fault = { effect: { status: 410 }, path: '/metadata/versions', next: 2 };
  await fetch(`${ADMIN}/faults`, { method: 'POST', body: JSON.stringify(fault) });
  const page = await open();
  for (let count = 0; count < 6; count += 1) await metadata('/metadata/versions');
  const other = page.locator('#other');
  await other.getByText('3 refused (1 by rate, 0 by concurrency, 2 by penalty)').waitFor();
  await other.getByText('2 faulted').waitFor();
  await page.getByText('concurrency checked first · refused requests are not charged').waitFor();
  assert.equal(await page.getByLabel('penalty').inputValue(), '1h');
  await close(page);
});

test('it fits a phone', async () => {
  await herd(8);
  const page = await open();
  await page.setViewportSize({ width: 390, height: 800 });
  await page.waitForFunction(() => document.querySelector('#identity svg').viewBox.baseVal.width < 390);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
  const scrolls = await page.locator('.scroll').evaluate((region) => region.scrollWidth > region.clientWidth);
  assert.equal(scrolls, false, 'requests are read without scrolling sideways');
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/narrow.png`, fullPage: true });
  await close(page);
});

test('limits are changed and everything is reset by keyboard alone', async () => {
  const page = await open();
  await page.getByLabel('identity, at once').focus();
  await page.keyboard.type('0');
  await page.keyboard.press('Enter');
  await page.getByText('These limits hold now.').waitFor();
  await page.locator('#identity').getByText('0 of 50 in use').waitFor();
  await page.getByLabel('Retry-After').focus();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('soon');
  await page.keyboard.press('Enter');
  await page.getByText('limits.retry_after: expected').waitFor();
  await herd(3);
  await page.locator('#identity').getByText('3 admitted').waitFor();
  await page.getByRole('button', { name: 'Reset everything' }).focus();
  await page.keyboard.press('Enter');
  await page.locator('#identity').getByText('0 admitted').waitFor();
  await page.getByText('nothing was asked yet').waitFor();
  await close(page);
});

test('how requests are counted, a queue and a penalty can be chosen', async () => {
  const limits = async () => (await fetch(`${ADMIN}/limits`)).json();
  const apart = { identity: { rate: { algorithm: 'token-bucket', requests: 20, window: '1s', burst: 7 } } };
  await fetch(`${ADMIN}/limits`, { method: 'PUT', body: JSON.stringify(apart) });
  const page = await open();
  const apply = async () => {
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByText('These limits hold now.').waitFor();
  };
  assert.equal(await page.getByLabel('counted by').inputValue(), 'each its own');
  await page.getByLabel('queue, at most').fill('3');
  await page.getByLabel('penalty').fill('5s');
  await apply();
  const first = await limits();
  assert.deepEqual([first.queue, first.penalty], [{ most: 3, rate_checked: 'arrival' }, '5s']);
  assert.deepEqual([first.identity.rate.burst, first.other.rate.algorithm], [7, 'sliding-window']);
  await page.getByLabel('counted by').selectOption('gcra');
  await page.getByLabel('queue, at most').fill('');
  await page.getByLabel('penalty').fill('');
  await apply();
  const second = await limits();
  assert.deepEqual([second.queue, second.penalty], [false, false]);
  assert.deepEqual([second.identity, second.other].map(({ rate }) => rate.algorithm), ['gcra', 'gcra']);
  await close(page);
});

test('faults are injected, seen to strike and removed at a click', async () => {
  const page = await open();
  const faults = page.locator('#faults');
  await faults.getByText('none is planned').waitFor();
  await page.getByRole('button', { name: 'Next 3: 410' }).click();
  await faults.getByText('status 410: active').waitFor();
  for (let count = 0; count < 4; count += 1) await metadata(TOKEN);
  await faults.getByText('status 410: used up').waitFor();
  await faults.getByText('3 of 4 struck').waitFor();
  assert.equal(await page.locator('#recent .v-faulted').count(), 3);
  await page.getByRole('button', { name: 'Remove next 3 are 410' }).click();
  await faults.getByText('none is planned').waitFor();
  for (const [label, state] of [
    ['Update', 'status 410: active for'], ['Restart', 'status 404: active for'], ['Outage', 'status 503: active for'],
    ['Slow', 'latency: active'], ['Hang', 'hang: active'], ['Next: reset', 'reset: active'],
  ]) {
    await page.getByRole('button', { name: label }).click();
    await faults.getByText(state).waitFor();
  }
  await close(page);
});

test('the archive has all that HAR 1.2 wants, and the words of errors', async () => {
  await herd(8);
  const archive = await (await fetch(`${ADMIN}/journal.har`)).json();
  assert.equal(await har.har(archive), archive);
  const refused = archive.log.entries.filter(({ response }) => response.status === 429);
  assert.equal(refused.length, 3);
  assert.match(refused[0].response.content.text, /Temporarily throttled/);
  assert.match(refused[0].comment, /^refused, by concurrency, 15 requests of the rate left, 0 slots left$/);
});

test('it says so when the emulator does not answer', async () => {
  const page = await open();
  await page.route('**/journal?*', (route) => route.abort());
  await page.getByText('not live:').waitFor();
  await page.unroute('**/journal?*');
  await page.getByText('live', { exact: true }).waitFor();
  await close(page);
});

test('it is readable in light and dark', async () => {
  await herd(8);
  for (const fault of [{ preset: 'update', path: '/metadata/versions' }, { effect: { status: 410 }, next: 1 }]) {
    await fetch(`${ADMIN}/faults`, { method: 'POST', body: JSON.stringify(fault) });
  }
  await metadata(TOKEN);
  for (const scheme of ['light', 'dark']) {
    const page = await open(scheme);
    const contrast = await page.evaluate(leastContrast);
    assert.ok(contrast.ratio >= 4.5, `${scheme}: ${contrast.ratio.toFixed(2)} of “${contrast.text}”`);
    if (SHOTS) await page.screenshot({ path: `${SHOTS}/${scheme}.png`, fullPage: true });
    await close(page);
  }
});

test('there is a choice of VM once there is more than one', async () => {
  const page = await open();
  assert.equal(await page.getByLabel('VM').isVisible(), false);
  await fetch(`${ADMIN}/vms`, { method: 'POST', body: '{"name":"second","profile":"azure-2017"}' });
  try {
    await page.getByLabel('VM').selectOption('second');
    await page.waitForURL(`${ADMIN}/vms/second/`);
    await page.getByText('profile azure-2017').waitFor();
    await herd(1);
    await page.getByText('nothing was asked yet').waitFor();
    await page.getByRole('button', { name: 'No limits' }).click();
    await page.getByText('There are no limits now.').waitFor();
    const limits = await (await fetch(`${ADMIN}/limits`)).json();
    assert.notEqual(limits.identity.rate, false, 'the first VM keeps its limits');
    await page.getByLabel('VM').selectOption('default');
    await page.waitForURL(`${ADMIN}/vms/default/`);
    await page.locator('#recent tr').getByText('200').waitFor();
  } finally {
    await fetch(`${ADMIN}/vms/second`, { method: 'DELETE' });
  }
  await page.getByLabel('VM').waitFor({ state: 'hidden' });
  await close(page);
});

test('requests to Resource Manager are counted by cmdlet, and what it lacks is listed', async () => {
  const page = await open();
  await page.getByText('no request yet').waitFor();
  const headers = { CommandName: 'New-AzResourceGroup, New-AzResourceGroup' };
  await fetch(`${MANAGER}/subscriptions/s/resourcegroups/g?api-version=2021-04-01`, { method: 'PUT', headers });
  await page.locator('#commands').getByText('New-AzResourceGroup').waitFor();
  await page.locator('#commands').getByText('1 × 405').waitFor();
  const missing = page.locator('#unmatched li');
  await missing.getByText('PUT /subscriptions/s/resourcegroups/g', { exact: true }).waitFor();
  await missing.getByText('[[resource_manager.answers]]').waitFor();
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/manager.png`, fullPage: true });
  await close(page);
});
