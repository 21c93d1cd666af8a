import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { sp500Session } from '../../../support/sp500-session.js';

const DIST = new URL('../../../../../dist/', import.meta.url);

it('DEPENDENCY_MISSING: says that the page must be built when its files are missing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-page-'));
  try {
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    for (const part of ['core', 'quant', 'engine']) {
      cpSync(new URL(part, DIST), join(folder, part), {
        recursive: true,
        filter: (path) => !/report-page\.(?:js|css)$/.test(path),
      });
    }
    const url = pathToFileURL(join(folder, 'engine', 'report', 'html-report.js')).href;
    const { renderReport } = await import(/* @vite-ignore */ url);
    expect(() => renderReport(sp500Session())).toThrow(
      expect.objectContaining({ code: 'DEPENDENCY_MISSING', context: { file: 'report-page.js' } }),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
