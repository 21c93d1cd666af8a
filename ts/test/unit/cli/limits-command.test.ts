import { describe, expect, it } from 'vitest';

import { limitDifferences } from '#ts/cli/limits-command.js';
import { HoldfastError } from '#ts/core/holdfast-error.js';
import { limitsRecord } from '#ts/risk/limits.js';
import { presetLimits } from '#ts/risk/presets.js';
import { runCommand } from '../../support/command-line.js';
import { temporaryFolder, writeInto } from '../../support/temporary-folder.js';

const folder = temporaryFolder();
const written = (name: string, changes: Readonly<Record<string, unknown>>) =>
  writeInto(
    folder,
    name,
    JSON.stringify({ ...limitsRecord(presetLimits('lightning')), ...changes }),
  );

describe('holdfast limits check', () => {
  it('says how many limits are set, and the fingerprint', async () => {
    const { stdout, error } = await runCommand('limits', 'check', 'bot4');
    expect(error).toBeNull();
    expect(stdout).toMatch(/^limits hold: 7 set, \d+ unlimited\nfingerprint [0-9a-f]{64}\n$/);
    const file = written('same.json', {});
    const json = await runCommand('limits', 'check', file, '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ source: file, limits_set: 6 });
  });

  it.each([
    ['LIMITS_CONTRADICTORY', { position_frac_max: '0.9' }],
    ['LIMITS_INVALID', { daily_loss_frac_max: '5' }],
    ['LIMITS_INVALID', { position_notional_quote_max: undefined }],
    ['LIMITS_UNKNOWN_KEY', { leverage_mx: '3' }],
  ])('%s: a wrong file is refused', async (code, changes) => {
    const { error } = await runCommand('limits', 'check', written('wrong.json', changes));
    expect(error).toBeInstanceOf(HoldfastError);
    expect(error).toMatchObject({ code });
  });

  it('LIMITS_PRESET_UNKNOWN: what is neither a file nor a preset is refused with the presets', async () => {
    const { error } = await runCommand('limits', 'check', 'bot5');
    expect(error).toMatchObject({ code: 'LIMITS_PRESET_UNKNOWN' });
  });
});

describe('holdfast limits explain', () => {
  it('tells what is bounded and in what words, and names what is off', async () => {
    const { stdout } = await runCommand('limits', 'explain', 'bot4');
    expect(stdout).toContain('position_frac_max');
    expect(stdout).toContain('Largest position, all open orders filled, as a fraction of equity.');
    expect(stdout).toMatch(/^off: order_qty_max, /m);
    const file = written('scoped.json', {
      scopes: [{ venue: 'X', limits: { leverage_max: '2' } }],
    });
    const json = await runCommand('limits', 'explain', file, '--json');
    const told = JSON.parse(json.stdout) as { limits: { key: string; value: string }[] };
    expect(told.limits.find(({ key }) => key === 'leverage_max')?.value).toBe('unlimited');
    expect(told).toMatchObject({ scopes: [{ venue: 'X' }] });
  });
});

describe('holdfast limits diff', () => {
  it('tells tighter from looser', async () => {
    const { stdout } = await runCommand('limits', 'diff', 'bot4', 'lightning', '--json');
    const { differences } = JSON.parse(stdout) as { differences: { key: string }[] };
    expect(differences).toContainEqual({
      key: 'position_frac_max',
      before: '0.02',
      after: '0.15',
      change: 'looser',
    });
    expect(differences).toContainEqual({
      key: 'daily_trades_max',
      before: 'unlimited',
      after: '20',
      change: 'tighter',
    });
    expect(differences).toContainEqual({
      key: 'stop_loss_required',
      before: 'yes',
      after: 'no',
      change: 'looser',
    });
    const same = await runCommand('limits', 'diff', 'bot4', 'bot4');
    expect(same.stdout).toBe('the limits are the same\n');
  });

  it('knows where the higher value is the tighter one, and names other parts', () => {
    const differences = limitDifferences(
      { margin_cover_frac_min: '1.1', groups: {} },
      { margin_cover_frac_min: '1.5', groups: { g: ['A'] } },
    );
    expect(differences).toEqual([
      { key: 'margin_cover_frac_min', before: '1.1', after: '1.5', change: 'tighter' },
      { key: 'groups', before: '{}', after: '{"g":["A"]}', change: 'other' },
    ]);
  });

  it('has help with examples', async () => {
    for (const command of ['check', 'explain', 'diff']) {
      const { stdout } = await runCommand('limits', command, '--help');
      expect(stdout).toContain('Examples:');
    }
  });
});
