import type { DataImport, SessionResult } from '../../session-result.js';
import { countText, NO_FIGURE } from '../figure-text.js';
import { markup, type Markup } from '../markup.js';

/** What the simulation took for granted, and which data it read. */
export function assumptionsSection(result: SessionResult): Markup {
  return markup`<section aria-labelledby="assumptions">
<h2 id="assumptions">Assumptions and data</h2>
${
  result.assumptions.length === 0
    ? markup`<p class="empty">No assumptions were recorded.</p>`
    : markup`<table class="assumptions">
<caption><span>What the simulation assumed</span></caption>
<thead class="unseen"><tr><th scope="col">Subject</th><th scope="col">Value</th><th scope="col">Meaning</th></tr></thead>
<tbody>
${result.assumptions.map(
  (
    assumption,
  ) => markup`<tr><th scope="row">${assumption.name}</th><td>${assumption.value}</td><td class="note">${assumption.note}</td></tr>
`,
)}</tbody></table>`
}
${result.imports.length === 0 ? markup`` : importTable(result.imports)}
</section>`;
}

function importTable(imports: readonly DataImport[]): Markup {
  return markup`<div class="scroll" role="region" aria-label="Data files" tabindex="0"><table>
<caption><span>Data files</span></caption>
<thead><tr><th scope="col">File</th><th scope="col" class="number">Rows</th><th scope="col" class="number">Bars</th><th scope="col" class="number">Skipped</th><th scope="col" class="number">Values rounded</th><th scope="col" class="number">Largest change</th></tr></thead>
<tbody>
${imports.map(
  (
    file,
  ) => markup`<tr><th scope="row">${file.file}</th><td class="number">${countText(file.rows)}</td><td class="number">${countText(file.bars)}</td><td class="number">${countText(file.skipped)}</td><td class="number">${countText(file.rounded)}</td><td class="number">${file.roundedMax ?? NO_FIGURE}</td></tr>
`,
)}</tbody></table></div>`;
}

/** Everything needed to run the session again and to check that it is the same. */
export function reproducibilitySection(result: SessionResult): Markup {
  const rows: readonly (readonly [string, string])[] = [
    ['Session', result.sessionId],
    ['Seed', String(result.seed)],
    ['Configuration', result.configHash],
    ['Data', result.dataHash],
    ['Final state', result.stateHash],
    ['Journal head', result.journal.head],
    ['Journal records', countText(result.journal.records)],
    ...Object.entries(result.versions).map(
      ([name, version]) => [`Version of ${name}`, version] as const,
    ),
  ];
  return markup`<section aria-labelledby="reproducibility">
<h2 id="reproducibility">Reproducibility</h2>
<table class="pairs hashes">
<caption><span>Seed, configuration and data give this result again, bit for bit; <code>holdfast journal verify</code> on the session's journal confirms its chain</span></caption>
<tbody>
${rows.map(
  ([name, value]) => markup`<tr><th scope="row">${name}</th><td><code>${value}</code></td></tr>
`,
)}</tbody></table>
</section>`;
}

/** The risk notice. */
export function noticeSection(): Markup {
  return markup`<footer class="notice" aria-labelledby="notice">
<h2 id="notice">Notice</h2>
<p>This report is for education and research. It shows a simulation on past data: its results are hypothetical, were not
earned in any account, and rest on the assumptions listed above, which real markets do not keep. Past and simulated
performance do not tell future results.</p>
<p>Trading carries a substantial risk of loss, which can exceed the money put in. Nothing here is investment advice, an
offer or a solicitation. Compliance with the laws and rules that apply to you is your own duty. The software that made
this report comes without warranty of any kind, under the MIT licence.</p>
</footer>`;
}
