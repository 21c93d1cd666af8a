import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { holdfast } from '../support/holdfast-process.js';

const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking'];
const isAbsent = !existsSync(CHROMIUM);
if (isAbsent) console.log(`report page: skipped, no browser at ${CHROMIUM}; set CHROMIUM_PATH`);

/** Runs in the page: how many charts there are, and how many of them show more than one colour. */
const COUNT_CHARTS = `(() => {
  const canvases = [...document.querySelectorAll('canvas')];
  const drawn = canvases.filter((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const pixels = new Uint32Array(data.buffer);
    return pixels.some((pixel) => pixel !== pixels[0]);
  });
  return { all: canvases.length, drawn: drawn.length };
})()`;

const VIEWS = [
  { name: 'laptop', width: 1280, height: 800 },
  { name: 'phone', width: 390, height: 844 },
].flatMap((size) => (['light', 'dark'] as const).map((scheme) => ({ ...size, scheme })));

describe.skipIf(isAbsent)('the report page (needs Chromium)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-report-'));
  let browser: Browser;

  beforeAll(async () => {
    expect(holdfast(['demo', '--out', folder]).status).toBe(0);
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
  });

  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  it.each(VIEWS)('draws all charts without a fault: $name, $scheme', async (view) => {
    const { width, height, scheme } = view;
    const page = await browser.newPage({ viewport: { width, height }, colorScheme: scheme });
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text());
    });
    page.on('request', (request) => {
      if (!request.url().startsWith('file:')) faults.push(`asked for ${request.url()}`);
    });
    await page.goto(pathToFileURL(join(folder, 'report.html')).href);
    await page.waitForSelector('canvas');
    const charts = await page.evaluate<{ all: number; drawn: number }>(COUNT_CHARTS);
    expect(charts.all).toBeGreaterThanOrEqual(4);
    expect(charts.drawn).toBe(charts.all);
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBe(width);
    expect(faults).toEqual([]);
    await page.close();
  });

  it('PORT-08: shows the figures of summary.json', async () => {
    const summary: { capital: { return: number }; performance: { sharpe: number } } = JSON.parse(
      readFileSync(join(folder, 'summary.json'), 'utf8'),
    );
    const page = await browser.newPage();
    await page.goto(pathToFileURL(join(folder, 'report.html')).href);
    const text = await page.evaluate<string>('document.body.innerText');
    expect(text).toContain(`${(summary.capital.return * 100).toFixed(1)} %`);
    expect(text).toContain(summary.performance.sharpe.toFixed(2));
    await page.close();
  });
});
