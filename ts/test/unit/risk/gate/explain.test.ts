import { describe, expect, it } from 'vitest';

import { CONTROL_CODES, CONTROLS } from '#ts/core/controls.generated.js';
import { CONTROL_SENTENCES } from '#ts/risk/gate/control-sentences.js';
import { explainVerdict } from '#ts/risk/gate/explain.js';
import { denialOf } from '#ts/risk/gate/verdict.js';
import { BUY, openGate } from '../../../support/gate-alone.js';

const UNIT = 10n ** 18n;

describe('an explanation', () => {
  it.each(CONTROL_CODES)('has a sentence for %s with what was seen and what to do', (code) => {
    const sentence = CONTROL_SENTENCES[code]({ limit: 'LIMIT', observed: '2' });
    expect(sentence).toMatch(/^[A-Z0-9].*\.$/);
    expect(sentence.split('. ').length + sentence.split('; ').length).toBeGreaterThan(2);
    expect(sentence).not.toContain('undefined');
  });

  it('shows numbers in the units that people read', () => {
    const check = (code: (typeof CONTROL_CODES)[number], limit: bigint, observed: bigint) =>
      ({ code, limit, observed, ageNs: 1_500_000_000n }) as const;
    const notice = {
      kind: 'verdict',
      tsNs: 0n,
      clientOrderId: 3,
      reducing: false,
      failed: [
        check('POSITION_LIMIT_EXCEEDED', 150_000n, 1_234_567n),
        check('ORDER_NOTIONAL_EXCEEDED', 1_000n * UNIT, 1_500n * UNIT + UNIT / 2n),
        check('PRICE_STALE', 60_000_000_000n, 61_250_000_000n),
        check('TRADING_MODE_DENIED', 0n, 2n),
      ],
      suggestedLots: 5n,
      limitsMark: 0n,
    } as const;
    const text = explainVerdict(denialOf(notice, 3, '0.005'));
    expect(text.split('\n')).toEqual([
      'Denied by 4 controls.',
      expect.stringContaining('the position would be 123.4567 % of equity; 15 % is permitted'),
      expect.stringContaining('The order is worth 1500.5; one order may be worth 1000.'),
      expect.stringContaining('is 61.25 s old; it may be 60 s old'),
      expect.stringContaining('The trading mode is reduced.'),
      'The largest quantity that would pass is 0.005.',
    ]);
    expect(text).toContain('(the price was 1.5 s old)');
  });

  it('says what could not be judged, and what is allowed', () => {
    const { gate } = openGate();
    const refused = gate.check({ ...BUY, quantity: '0.00001' });
    expect(gate.explain(refused)).toMatch(/^Refused before any control.*0\.0001.*\./);
    expect(gate.explain(gate.check(BUY))).toContain('Nothing was reserved');
    expect(gate.explain(gate.submit(BUY))).toContain('order 1 passed every control');
  });

  it('knows the unit of every control', () => {
    for (const code of CONTROL_CODES) expect(CONTROLS[code].unit).not.toBe('');
  });
});
