import { markup, type Markup } from '../markup.js';

/** A column's heading and the kind of its cells: figures stand right, dates must not break. */
export interface Column {
  readonly title: string;
  readonly kind?: 'number' | 'date' | 'text' | 'bar';
}

export interface TableParts {
  readonly caption: string | Markup;
  readonly columns: readonly Column[];
  readonly rows: readonly Markup[];
  readonly className?: string;
}

/** Renders a table with a caption and a head. */
export function table(parts: TableParts): Markup {
  return markup`<table class="${parts.className ?? 'plain'}">
<caption><span>${parts.caption}</span></caption>
<thead><tr>
${parts.columns.map(headCell)}</tr></thead>
<tbody>
${parts.rows}</tbody>
</table>
`;
}

/** Renders a table that scrolls sideways by itself, so that the page never has to. */
export function scrollingTable(label: string, parts: TableParts): Markup {
  return scrolling(label, table(parts));
}

/** Wraps a table in a region that scrolls and that the keyboard reaches. */
export function scrolling(label: string, content: Markup, className = 'scroll'): Markup {
  return markup`<div class="${className}" role="region" aria-label="${label}" tabindex="0">
${content}</div>
`;
}

/** Renders names with their values. */
export function pairsTable(
  caption: string | Markup,
  rows: readonly (readonly [name: string, value: string])[],
): Markup {
  return markup`<table class="pairs">
<caption><span>${caption}</span></caption>
<tbody>
${rows.map(([name, value]) => row([rowHead(name), numberCell(value)]))}</tbody>
</table>
`;
}

export function row(cells: readonly Markup[]): Markup {
  return markup`<tr>
${cells}</tr>
`;
}

export function rowHead(content: string | Markup): Markup {
  return markup`<th scope="row">${content}</th>
`;
}

export function textCell(content: string | Markup): Markup {
  return markup`<td>${content}</td>
`;
}

export function dateCell(date: string): Markup {
  return markup`<td class="date">${date}</td>
`;
}

/** A figure; `emphasis` names classes such as `strong` or `loss-text`. */
export function numberCell(figure: string, emphasis = ''): Markup {
  const className = emphasis === '' ? 'number' : `number ${emphasis}`;
  return markup`<td class="${className}">${figure}</td>
`;
}

/** Stands where a table or a chart would, with the reason why there is none. */
export function emptyNote(text: string): Markup {
  return markup`<p class="empty">${text}</p>
`;
}

function headCell(column: Column): Markup {
  const className = column.kind ?? 'text';
  return markup`<th scope="col" class="${className}">${column.title}</th>
`;
}
