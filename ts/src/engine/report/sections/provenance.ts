import type { Assumption, DataImport, SessionResult } from '../../session-result.js';
import { countText, NO_FIGURE } from '../figure-text.js';
import { markup, type Markup } from '../markup.js';
import { emptyNote, numberCell, row, rowHead, scrollingTable, textCell } from './table.js';

/** What the simulation took for granted, and which data it read. */
export function assumptionsSection(result: SessionResult): Markup {
  const { assumptions, imports } = result;
  return markup`<section aria-labelledby="assumptions">
<h2 id="assumptions">Assumptions and data</h2>
${
  assumptions.length === 0
    ? emptyNote('No assumptions were recorded.')
    : assumptionTable(assumptions)
}
${imports.length === 0 ? markup`` : importTable(imports)}
</section>`;
}

function assumptionTable(assumptions: readonly Assumption[]): Markup {
  return markup`<table class="assumptions">
<caption><span>What the simulation assumed</span></caption>
<tbody>
${assumptions.map((assumption) =>
  row([
    rowHead(assumption.name),
    textCell(assumption.value),
    textCell(markup`<span class="note">${assumption.note}</span>`),
  ]),
)}</tbody>
</table>`;
}

function importTable(imports: readonly DataImport[]): Markup {
  return scrollingTable('Data files', {
    caption: 'Data files',
    columns: [
      { title: 'File' },
      { title: 'Rows', kind: 'number' },
      { title: 'Bars', kind: 'number' },
      { title: 'Skipped', kind: 'number' },
      { title: 'Values rounded', kind: 'number' },
      { title: 'Largest change', kind: 'number' },
    ],
    rows: imports.map((file) =>
      row([
        rowHead(file.file),
        numberCell(countText(file.rows)),
        numberCell(countText(file.bars)),
        numberCell(countText(file.skipped)),
        numberCell(countText(file.rounded)),
        numberCell(file.roundedMax ?? NO_FIGURE),
      ]),
    ),
  });
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
<table class="hashes">
<caption><span>Seed, configuration and data give this result again, bit for bit;
<code>holdfast journal verify</code> confirms the chain of the session's journal</span></caption>
<tbody>
${rows.map(hashRow)}</tbody>
</table>
</section>`;
}

function hashRow([name, value]: readonly [string, string]): Markup {
  return row([rowHead(name), textCell(markup`<code>${value}</code>`)]);
}

/** The risk notice. */
export function noticeSection(): Markup {
  return markup`<footer class="notice" aria-labelledby="notice">
<h2 id="notice">Notice</h2>
<p>This report is for education and research. It shows a simulation on past data: its results are
hypothetical, were not earned in any account, and rest on the assumptions listed above, which real
markets do not keep. Past and simulated performance do not tell future results.</p>
<p>Trading carries a substantial risk of loss, which can exceed the money put in. Nothing here is
investment advice, an offer or a solicitation. Compliance with the laws and rules that apply to you
is your own duty. The software that made this report comes without warranty of any kind, under the
MIT licence.</p>
</footer>`;
}
