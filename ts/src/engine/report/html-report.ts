import { createHash } from 'node:crypto';
import type { SessionResult } from '../session-result.js';
import { dateText } from './figure-text.js';
import { markup, trustedMarkup } from './markup.js';
import { pageAsset } from './page-asset.js';
import { pageData, pageDataText } from './page-data.js';
import { growthSection, rollingSection } from './sections/charts.js';
import { controlsSection } from './sections/controls.js';
import { crisisSection } from './sections/crisis-table.js';
import { figuresSection } from './sections/figures-table.js';
import { monthlySection } from './sections/monthly-table.js';
import { headerSection } from './sections/page-header.js';
import { portfolioSection } from './sections/portfolio.js';
import {
  assumptionsSection,
  noticeSection,
  reproducibilitySection,
} from './sections/provenance.js';
import { tradesSection } from './sections/trades.js';
import { measureSession, type PerformanceOptions } from './session-performance.js';

/**
 * Built by `ts/tools/build-report-page.mjs` from `ts/dashboard/report`, into the folder of this
 * module.
 */
const SCRIPT_FILE = 'report-page.js';
const STYLE_FILE = 'report-page.css';

/**
 * Renders a session as one page that needs no other file and no network: style, charts and data are
 * inside, and a content security policy keeps it so. A pure function of the result, like the
 * summary.
 *
 * @throws HoldfastError `DEPENDENCY_MISSING` when the page's script or style has not been built.
 */
export function renderReport(result: SessionResult, options: PerformanceOptions = {}): string {
  const measured = measureSession(result, options);
  const script = pageAsset(SCRIPT_FILE);
  const data = trustedMarkup(pageDataText(pageData(result, measured)));
  const period = `${dateText(result.period.firstTsMs)} to ${dateText(result.period.lastTsMs)}`;
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentPolicy(script)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="Holdfast">
<title>${result.strategy.name}, ${period}</title>
<style>${trustedMarkup(pageAsset(STYLE_FILE))}</style>
</head>
<body>
<main>
${[
  headerSection(result, measured),
  growthSection(result, measured),
  figuresSection(result, measured),
  monthlySection(result),
  rollingSection(result, measured),
  crisisSection(result, measured),
  tradesSection(result),
  portfolioSection(result),
  controlsSection(result),
  assumptionsSection(result),
  reproducibilitySection(result),
  noticeSection(),
]}
</main>
<noscript>
<p class="noscript">The charts need JavaScript; every table is complete without it.</p>
</noscript>
<script type="application/json" id="report-data">${data}</script>
<script>${trustedMarkup(script)}</script>
</body>
</html>
`;
  return page.text;
}

/** Nothing may be loaded or sent; only the one script with this hash may run. */
function contentPolicy(script: string): string {
  const hash = createHash('sha256').update(script, 'utf8').digest('base64');
  return [
    "default-src 'none'",
    `script-src 'sha256-${hash}'`,
    "style-src 'unsafe-inline'",
    'img-src data:',
  ].join('; ');
}
