import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Summary } from '#ts/engine/report/summary-schema.js';
import { holdfast } from '../support/holdfast-process.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
const hasChromium = existsSync(CHROMIUM);
if (!hasChromium)
  console.warn(`not run: Chromium is absent (${CHROMIUM}; CHROMIUM_PATH names another)`);

const VIEWS = [1280, 390].flatMap((width) =>
  (['light', 'dark'] as const).map((scheme) => ({ width, scheme })),
);
const CHARTS = ['equity', 'drawdown'];

interface Opened {
  readonly page: Page;
  /** What the page said or asked for and should not have. */
  readonly complaints: readonly string[];
}

/** A chart's canvas: its size on the screen, and how many colours and painted pixels it holds. */
interface Painted {
  readonly chart: string;
  readonly width: number;
  readonly height: number;
  readonly colours: number;
  readonly paintedFrac: number;
}

// Text, because it runs in the page, whose types this project does not need elsewhere.
const PAINTED = `[...document.querySelectorAll('figure.chart')].map((figure) => {
  const canvas = figure.querySelector('canvas');
  const box = canvas.getBoundingClientRect();
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const colours = new Set();
  let painted = 0;
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 3] === 0) continue;
    painted += 1;
    if (colours.size < 1000) colours.add((data[at] << 16) | (data[at + 1] << 8) | data[at + 2]);
  }
  const chart = figure.dataset.chart;
  return { chart, width: box.width, height: box.height, colours: colours.size, paintedFrac: (painted * 4) / data.length };
})`;

describe.skipIf(!hasChromium)('the report of the demo in Chromium', () => {
  const out = join(temporaryFolder(), 'demo');
  const url = pathToFileURL(join(out, 'report.html')).href;
  let browser: Browser;
  let summary: Summary;

  beforeAll(async () => {
    const { status, stderr } = holdfast(['demo', '--out', out]);
    if (status !== 0) throw new Error(stderr);
    summary = JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')) as Summary;
    // A container's root has no other sandbox than the container.
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  });

  afterAll(() => browser?.close());

  async function open(view: {
    readonly width: number;
    readonly scheme: 'light' | 'dark';
  }): Promise<Opened> {
    const viewport = { width: view.width, height: 800 };
    const page = await browser.newPage({ viewport, colorScheme: view.scheme });
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning')
        complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => {
      if (request.url() !== url && !request.url().startsWith('data:'))
        complaints.push(`asked for ${request.url()}`);
    });
    await page.goto(url, { waitUntil: 'load' });
    await page.locator('figure.chart canvas').first().waitFor();
    return { page, complaints };
  }

  it.each(VIEWS)(
    'is whole at $width pixels in $scheme: silent, alone, drawn and inside its width',
    async (view) => {
      const { page, complaints } = await open(view);
      const painted = await page.evaluate<readonly Painted[]>(PAINTED);
      expect(painted.map((each) => each.chart)).toEqual(expect.arrayContaining(CHARTS));
      expect(painted.length).toBeGreaterThanOrEqual(4);
      for (const each of painted) {
        expect(each.colours, each.chart).toBeGreaterThan(5);
        expect(each.paintedFrac, each.chart).toBeGreaterThan(0.005);
        expect(each.width, each.chart).toBeGreaterThan(view.width / 2);
        expect(each.width, each.chart).toBeLessThanOrEqual(view.width);
        expect(each.height, each.chart).toBeGreaterThan(60);
      }
      const overflow = await page.evaluate<number>(
        'document.documentElement.scrollWidth - window.innerWidth',
      );
      expect(overflow).toBeLessThanOrEqual(0);
      expect(complaints).toEqual([]);
      await page.close();
    },
  );

  it('has a dark and a light ground, and its charts follow when the scheme changes', async () => {
    const ground = `(() => {
      const [r, g, b] = getComputedStyle(document.documentElement).backgroundColor.match(/\\d+/g).map(Number);
      return (r + g + b) / 3;
    })()`;
    const { page, complaints } = await open({ width: 1280, scheme: 'light' });
    const light = await page.evaluate<number>(ground);
    const drawing = "document.querySelector('figure.chart canvas').toDataURL()";
    const before = await page.evaluate<string>(drawing);
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(() => page.evaluate<string>(drawing)).not.toBe(before);
    expect(light).toBeGreaterThan(200);
    expect(await page.evaluate<number>(ground)).toBeLessThan(60);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('SIM-07: shows the figures of the summary', async () => {
    const { page } = await open({ width: 1280, scheme: 'light' });
    const rows = await page.locator('table.metrics tbody tr:not(.group)').allInnerTexts();
    const shown = new Map(
      rows.map((row) => {
        const [label = '', ours = '', theirs = ''] = row
          .replaceAll(/\p{Zs}/gu, ' ')
          .split('\t')
          .map((cell) => cell.split('\n')[0]?.trim() ?? '');
        return [label, [ours, theirs] as const];
      }),
    );
    const find = (label: string) => [...shown].find(([text]) => text.startsWith(label))?.[1] ?? [];
    const percent = (frac: number | null, digits: number) =>
      `${((frac ?? 0) * 100).toFixed(digits)} %`;
    const { performance: ours, buy_and_hold: theirs, trading } = summary;
    const both = (value: (curve: typeof ours | typeof theirs) => string) => [
      value(ours),
      value(theirs),
    ];
    expect(find('Total return')).toEqual(both((curve) => percent(curve.total_return, 2)));
    expect(find('CAGR')).toEqual(both((curve) => percent(curve.cagr, 2)));
    expect(find('Volatility')).toEqual(both((curve) => percent(curve.volatility_ann, 2)));
    expect(find('Sharpe ratio')).toEqual(both((curve) => (curve.sharpe ?? 0).toFixed(2)));
    expect(find('Sortino ratio')).toEqual(both((curve) => (curve.sortino ?? 0).toFixed(2)));
    expect(find('Calmar ratio')).toEqual(both((curve) => (curve.calmar ?? 0).toFixed(2)));
    expect(find('Max drawdown')).toEqual(both((curve) => percent(curve.max_drawdown.frac, 2)));
    expect(find('VaR 95, daily')).toEqual(both((curve) => percent(curve.var_95_daily, 2)));
    expect(find('Trades')[0]).toBe(String(trading.trades.count));
    expect(find('Win rate')[0]).toBe(percent(ours.win_rate, 1));
    expect(find('Profit factor')[0]).toBe((ours.profit_factor ?? 0).toFixed(2));
    const facts = (await page.locator('dl.facts').innerText()).replaceAll(/\p{Zs}/gu, ' ');
    const dollars = Number(summary.capital.final_equity).toLocaleString('en-US', {
      maximumFractionDigits: 2,
    });
    expect(facts).toContain(`USD ${dollars}`);
    expect(facts).toContain('5,105 bars');
    await page.close();
  });

  it('says everything else that a reader must know', async () => {
    const { page } = await open({ width: 1280, scheme: 'light' });
    const text = await page.locator('main').innerText();
    for (const { name } of summary.assumptions) expect(text.toLowerCase()).toContain(name);
    const { state_hash: hash, config_hash: config } = summary.reproducibility;
    expect(text).toContain(hash);
    expect(text).toContain(config);
    expect(text).toContain('Simulated result');
    expect(text).toMatch(/No order was denied/i);
    await page.close();
  });
});
