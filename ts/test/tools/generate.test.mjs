import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codesPage } from '../../tools/generate/codes-page.mjs';
import { staleFiles } from '../../tools/generate/generated-files.mjs';
import { limitKeysModule, limitsJsonSchema } from '../../tools/generate/limits.mjs';
import { limitsPage } from '../../tools/generate/limits-page.mjs';
import { orderStatesPage } from '../../tools/generate/order-states-page.mjs';
import { codesModule, controlsModule, vocabularyModule } from '../../tools/generate/typescript.mjs';

/** @param {string} event @param {string} next @param {Partial<{ overlays: number, alarm: boolean }>} [rest] */
const cell = (event, next, { overlays = 0, alarm = false } = {}) => ({
  base: 'open',
  overlays,
  event,
  next_base: next,
  next_overlays: event === 'doubt' ? 1 : 0,
  alarm,
});

const VOCABULARY = {
  codes: [
    {
      number: 3,
      name: 'PRICE_OFF_TICK',
      variant: 'PriceOffTick',
      category: 'validation',
      retryable: false,
      meaning: 'A | B.',
      remedy: 'Say "x".',
    },
  ],
  vocabularies: [
    {
      name: 'BaseState',
      meaning: 'State.',
      values: [
        { number: 0, text: 'open' },
        { number: 1, text: 'done' },
      ],
    },
    {
      name: 'OrderEvent',
      meaning: 'Event.',
      values: [
        { number: 0, text: 'fill' },
        { number: 1, text: 'doubt' },
      ],
    },
    { name: 'RecordKind', meaning: 'Kind.', values: [{ number: 16, text: 'verdict' }] },
  ],
  overlays: [{ bits: 1, text: 'in_doubt' }],
  controls: [
    { bit: 0, variant: 'PriceAge', code: 'PRICE_STALE', unit: 'ns', meaning: "Price's age." },
  ],
  limits: [
    {
      key: 'leverage_max',
      kind: 'fraction',
      stricter: 'lower',
      reach: 'any',
      required: false,
      meaning: 'Largest leverage.',
    },
    {
      key: 'order_qty_max',
      kind: 'amount',
      stricter: 'lower',
      reach: 'any',
      required: true,
      meaning: 'Largest quantity.',
    },
  ],
  end_states: ['done'],
  transitions: [
    cell('fill', 'done'),
    cell('fill', 'done', { overlays: 1 }),
    cell('doubt', 'open'),
    cell('doubt', 'open', { overlays: 1 }),
  ],
};

describe('the documents of limits', () => {
  it('tell what must be said from what may be, and every control', () => {
    const page = limitsPage(VOCABULARY);
    const needed = page.slice(0, page.indexOf('## Further limits'));
    expect(needed).toContain('| `order_qty_max` | `orderQtyMax` | any | Largest quantity. |');
    expect(needed).not.toContain('leverage_max');
    expect(page).toContain('| `leverage_max` | `leverageMax` | any | Largest leverage. |');
    expect(page).toContain("| 0 | `PRICE_STALE` | ns | Price's age. |");
  });

  it('ask in the JSON Schema for what must be said', () => {
    const schema = JSON.parse(limitsJsonSchema(VOCABULARY));
    expect(schema.required).toEqual(['order_qty_max']);
    expect(schema.properties.leverage_max.anyOf).toContainEqual({ const: 'unlimited' });
    expect(Object.keys(schema.properties.scopes.items.properties.limits.properties)).toEqual([
      'leverage_max',
      'order_qty_max',
      'trading_hours',
    ]);
  });
});

describe('generated modules', () => {
  it('hold the codes', () => {
    const text = codesModule(VOCABULARY);
    expect(text).toContain('export type Category = "validation";');
    expect(text).toContain('PRICE_OFF_TICK: {"number":3,');
  });

  it('hold the limits with their names', () => {
    expect(limitKeysModule(VOCABULARY)).toContain('{"name":"leverageMax","key":"leverage_max"');
  });

  it('hold the controls by their codes', () => {
    const text = controlsModule(VOCABULARY);
    expect(text).toContain('CONTROL_CODES = ["PRICE_STALE"] as const');
    expect(text).toMatch(/CONTROL_BITS: readonly number\[\] = \[\d+\];/);
    expect(text).toContain('PRICE_STALE: {"unit":"ns","meaning":"Price\'s age."}');
  });

  it('hold lists as arrays where the place is the number, and as numbers otherwise', () => {
    const text = vocabularyModule(VOCABULARY);
    expect(text).toContain('export const ORDER_STATUSES = ["open","done"] as const;');
    expect(text).toContain('export const RECORD_KINDS = {"verdict":16} as const;');
    expect(text).toContain('export const OVERLAY_BITS = {"in_doubt":1} as const;');
  });
});

describe('generated pages', () => {
  it('show a code with its meaning, bars kept out of the table', () => {
    expect(codesPage(VOCABULARY)).toContain('| 3 | `PRICE_OFF_TICK` | no | A \\| B. | Say "x". |');
  });

  it('show transitions, overlays and a diagram', () => {
    const page = orderStatesPage(VOCABULARY);
    expect(page).toContain('it has 4 legal cells');
    expect(page).toContain('| **fill** | done | · |');
    expect(page).toContain('| **doubt** | set |');
    expect(page).toContain('  open --> done: fill\n  done --> [*]');
  });

  it('are refused when overlays decide the base state', () => {
    const transitions = [cell('fill', 'done'), cell('fill', 'open', { overlays: 1 })];
    expect(() => orderStatesPage({ ...VOCABULARY, transitions })).toThrow(
      'overlays must not decide the base state',
    );
  });
});

describe('stale files', () => {
  it('are those that differ, and those that are missing', () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-generate-'));
    try {
      writeFileSync(join(folder, 'same.ts'), 'a');
      writeFileSync(join(folder, 'edited.ts'), 'b');
      const files = new Map([
        ['same.ts', 'a'],
        ['edited.ts', 'a'],
        ['missing.ts', 'a'],
      ]);
      expect(staleFiles(files, folder)).toEqual(['edited.ts', 'missing.ts']);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
