import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { renderReport } from '#ts/engine/report/html-report.js';
import { escapeHtml } from '#ts/engine/report/markup.js';
import { sp500Bars } from '../../../support/sp500-bars.js';
import { sp500Session } from '../../../support/sp500-session.js';

const result = sp500Session();
const page = renderReport(result);

function scripts(html: string): string[] {
  return [...html.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map((match) => match[1] ?? '');
}

describe('renderReport', () => {
  it('needs no other file and no network', () => {
    const tags = page.replace(/<(script|style)[\s\S]*?<\/\1>/g, '');
    expect(tags).not.toMatch(/\b(src|href)="(?!#)/);
    expect(page).not.toMatch(/@import|url\(/);
    expect(page.includes(escapeHtml("default-src 'none'"))).toBe(true);
    expect(page.length).toBeLessThan(600_000);
  });

  it('allows its own script only, by hash', () => {
    const [, code = ''] = scripts(page);
    const hash = createHash('sha256').update(code, 'utf8').digest('base64');
    // A failed toContain would print the whole page.
    expect(page.includes(escapeHtml(`script-src 'sha256-${hash}'`))).toBe(true);
  });

  it('has the sections of the report in order, each under a heading', () => {
    const ids = [...page.matchAll(/<h2 id="([a-z]+)"/g)].map((match) => match[1]);
    expect(ids).toEqual([
      'growth',
      'figures',
      'months',
      'rolling',
      'crises',
      'trades',
      'portfolio',
      'controls',
      'assumptions',
      'reproducibility',
      'notice',
    ]);
    expect(page.match(/<h1>/g)).toHaveLength(1);
    const tables = page.match(/<table/g) ?? [];
    expect(page.match(/<caption/g)).toHaveLength(tables.length);
    expect(page.match(/class="plot" role="img" aria-label="/g)).toHaveLength(5);
  });

  it('ARC-21: carries the risk notice', () => {
    expect(page).toContain('substantial risk of loss');
    expect(page).toContain('education and research');
    expect(page).toContain('is your own duty');
  });

  it('SIM-08: is the same for the same result, and names what makes it again', () => {
    expect(renderReport(sp500Session())).toBe(page);
    for (const hash of [result.configHash, result.dataHash, result.stateHash]) {
      expect(page).toContain(hash);
    }
  });

  it('escapes all that a user can name', () => {
    const hostile = '</script></style><script>alert(1)</script><img src=x onerror=alert(2)>"\'';
    const html = renderReport({
      ...result,
      sessionId: hostile,
      currency: hostile,
      strategy: { name: hostile, params: { [hostile]: hostile } },
      instruments: result.instruments.map((one) => ({ ...one, symbol: hostile })),
      benchmark: { ...result.benchmark, symbol: hostile },
      denials: result.denials.map((one) => ({ ...one, code: hostile, worstObserved: hostile })),
      limits: { ...result.limits, preset: hostile, values: { [hostile]: hostile } },
      assumptions: [{ name: hostile, value: hostile, note: hostile }],
      imports: result.imports.map((one) => ({ ...one, file: hostile })),
      versions: { [hostile]: hostile },
    });
    expect(html).not.toContain('<img');
    expect(html).not.toContain('<script>alert');
    expect(scripts(html)).toHaveLength(2);
    expect(html.match(/<\/style>/g)).toHaveLength(1);
  });

  it('marks gains and losses by month, with year totals beside buy-and-hold', () => {
    const row = /2008<\/th>\s.*\s<td class="loss total"[^\n]*\s<td class="held">−38\.5</;
    expect(row.test(page)).toBe(true);
    expect(/<td class="loss" style="--tint:0\.\d\d">/.test(page)).toBe(true);
  });

  it('says what is missing for a session of one bar', () => {
    const single = renderReport(sp500Session(sp500Bars().slice(0, 1)));
    expect(single).toContain('too short for a chart');
    expect(single).toContain('No position was opened and closed again.');
    expect(single).not.toMatch(/NaN|Infinity|undefined %/);
  });
});
