/**
 * Text that is HTML already. Only `markup` and `trustedMarkup` make it, so that nothing else gets
 * in raw.
 */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type MarkupValue = Markup | string | number | readonly Markup[];

/** Builds HTML from a template; every value that is not markup itself is escaped. */
export function markup(strings: TemplateStringsArray, ...values: readonly MarkupValue[]): Markup {
  return new Markup(
    strings.reduce((text, part, index) => text + valueText(values[index - 1] ?? '') + part),
  );
}

/**
 * Takes text as HTML unchecked: for the page's own style and script, never for anything that was
 * given.
 */
export function trustedMarkup(text: string): Markup {
  return new Markup(text);
}

/** Escapes text for element content and for attribute values in either quotes. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

function valueText(value: MarkupValue): string {
  if (value instanceof Markup) return value.text;
  if (typeof value === 'string' || typeof value === 'number') return escapeHtml(String(value));
  return value.map((part) => part.text).join('');
}

const DATE = /(\d{4}-\d{2}-\d{2})/;

/**
 * Marks up text of figures and dates so that no line breaks inside a date or before a percent sign.
 */
export function dated(text: string): Markup {
  const parts = text.replace(/(\d) %/g, '$1\u00a0%').split(DATE);
  return markup`${parts.map((part, index) =>
    index % 2 === 1 ? markup`<span class="date">${part}</span>` : markup`${part}`,
  )}`;
}

/** Marks up a code such as `PRICE_STALE`, which may break after an underscore but nowhere else. */
export function codeMarkup(code: string): Markup {
  const parts = code.split('_');
  return markup`<code>${parts.map((part, index) =>
    index < parts.length - 1 ? markup`${part}_<wbr>` : markup`${part}`,
  )}</code>`;
}
