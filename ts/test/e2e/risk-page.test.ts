import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { holdfast } from '../support/holdfast-process.js';
import { temporaryFolder, writeInto } from '../support/temporary-folder.js';

const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
const hasChromium = existsSync(CHROMIUM);
if (!hasChromium)
  console.warn(`not run: Chromium is absent (${CHROMIUM}; CHROMIUM_PATH names another)`);

const VIEWS = [1280, 390].flatMap((width) =>
  (['light', 'dark'] as const).map((scheme) => ({ width, scheme })),
);
const PRICES = 'node_modules/vega-datasets/data/sp500-2000.csv';

// Text, because it runs in the page, whose types this project does not need elsewhere.
const MEASURED = `({
  overflow: document.documentElement.scrollWidth - innerWidth,
  charts: [...document.querySelectorAll('.canvas svg')].map((svg) => svg.getBoundingClientRect().height),
  exceptions: document.querySelectorAll('.exception title').length,
  callouts: [...document.querySelectorAll('.callout')].map((each) => each.getBoundingClientRect().right - innerWidth),
  paper: getComputedStyle(document.documentElement).backgroundColor,
})`;

interface Measured {
  readonly overflow: number;
  readonly charts: readonly number[];
  readonly exceptions: number;
  readonly callouts: readonly number[];
  readonly paper: string;
}

describe.skipIf(!hasChromium)('the page of holdfast risk report in Chromium', () => {
  const folder = temporaryFolder();
  const file = join(folder, 'risk.html');
  let browser: Browser;

  beforeAll(async () => {
    const positions = writeInto(
      folder,
      'positions.csv',
      'symbol,quantity,right,strike,time_years,vol_ann\nSP500,100,,,,\nSP500,-200,put,2700,0.25,0.3\n',
    );
    const flags = ['--positions', positions, '--prices', PRICES, '--html', '--out', file];
    const { status, stderr } = holdfast(['risk', 'report', ...flags]);
    if (status !== 0) throw new Error(stderr);
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
  });

  it.each(VIEWS)('fits $width pixels, $scheme, and complains about nothing', async (view) => {
    const context = await browser.newContext({
      viewport: { width: view.width, height: 900 },
      colorScheme: view.scheme,
    });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => {
      if (!request.url().startsWith('file:')) complaints.push(request.url());
    });
    await page.goto(pathToFileURL(file).href);
    const found: Measured = await page.evaluate(MEASURED);
    expect(complaints).toEqual([]);
    expect(found.overflow).toBeLessThanOrEqual(0);
    expect(found.charts).toHaveLength(2);
    for (const height of found.charts) expect(height).toBeGreaterThan(150);
    expect(found.exceptions).toBeGreaterThan(10);
    for (const beyond of found.callouts) expect(beyond).toBeLessThan(0);
    const [red = 0] = /\d+/.exec(found.paper) ?? [];
    expect(Number(red) > 128).toBe(view.scheme === 'light');
    await context.close();
  });
});
