import { describe, expect, it } from 'vitest';
import { codeMarkup, dated, escapeHtml, markup, trustedMarkup } from '#ts/engine/report/markup.js';

describe('markup', () => {
  it('escapes every value that is not markup', () => {
    const hostile = `<img src=x onerror="alert('1')">&`;
    expect(markup`<p title="${hostile}">${hostile}</p>`.text).toBe(
      `<p title="${escapeHtml(hostile)}">${escapeHtml(hostile)}</p>`,
    );
    expect(escapeHtml(hostile)).toBe(
      '&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;',
    );
  });

  it('nests markup, lists and numbers', () => {
    const items = [1, 2].map((item) => markup`<li>${item}</li>`);
    expect(markup`<ul>${items}</ul>`.text).toBe('<ul><li>1</li><li>2</li></ul>');
    expect(markup`${trustedMarkup('<b>')}`.text).toBe('<b>');
  });

  it('keeps dates whole and lets codes break after an underscore', () => {
    expect(dated('5 %, 2008-10-13').text).toBe('5\u00a0%, <span class="date">2008-10-13</span>');
    expect(codeMarkup('A_B').text).toBe('<code>A_<wbr>B</code>');
    expect(codeMarkup('<i>').text).toBe('<code>&lt;i&gt;</code>');
  });
});
