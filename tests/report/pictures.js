// Pictures of charts in HTML reports, by a real Chromium.
//
//   REPORTS=FOLDER PICTURES=FOLDER CHROMIUM=PATH node pictures.js REPORT CHART PICTURE [REPORT CHART PICTURE ...]
'use strict';

const { pathToFileURL } = require('node:url');
const { chromium } = require('playwright-core');
const { FLAGS } = require('./browser.js');

const { REPORTS, PICTURES, CHROMIUM } = process.env;

/** Room around the figure; the table beneath it cannot be opened in a picture. */
const STYLE = 'figure { padding: 10px; } figure details { display: none; }';

/** The figure of that id, with its title, legend and axes, as it is in a window of this width. */
async function take(browser, report, chart, picture) {
  const page = await browser.newPage({ colorScheme: 'light', viewport: { width: 1080, height: 800 } });
  await page.goto(pathToFileURL(`${REPORTS}/${report}/report.html`).href);
  await page.addStyleTag({ content: STYLE });
  await page.locator(`figure#${chart}`).screenshot({ path: `${PICTURES}/${picture}.png` });
  await page.close();
}

async function main(wanted) {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  try {
    for (let at = 0; at < wanted.length; at += 3) await take(browser, ...wanted.slice(at, at + 3));
  } finally {
    await browser.close();
  }
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
