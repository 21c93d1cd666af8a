import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';

import { runSession } from '#ts/cli/session-run.js';
import { verifyJournal } from '#ts/native/journal-tools.js';
import { defineStrategy } from '#ts/strategies/strategy.js';
import { randomWalkBars } from '#ts/testing/random-walk-bars.js';
import { STOCK, UNLIMITED } from '../../support/scripted-session.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const folder = temporaryFolder();
const strategy = defineStrategy({ name: 'idle', limits: UNLIMITED, onBar: () => undefined });

async function run(
  name: string,
  bars: number,
  json = false,
  interruptAt = Number.POSITIVE_INFINITY,
) {
  const out = join(folder, name);
  const written = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((stream) =>
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      written[stream] += String(text);
      return true;
    }),
  );
  let seen = 0;
  const counting = defineStrategy({
    name: 'counting',
    limits: UNLIMITED,
    onBar() {
      seen += 1;
      if (seen === interruptAt) process.emit('SIGINT');
    },
  });
  const data = { instruments: [STOCK], chunks: randomWalkBars({ seed: 1, bars }) };
  const options = {
    strategy: interruptAt === Number.POSITIVE_INFINITY ? strategy : counting,
    data,
    out,
  };
  const outcome = await runSession({ options, json, heading: ['one', 'two'] }).then(
    () => null,
    (error: unknown) => error,
  );
  for (const spy of spies) spy.mockRestore();
  return { out, outcome, ...written };
}

describe('runSession', () => {
  it('puts heading and progress on standard error and the outcome on standard output', async () => {
    const { stdout, stderr, outcome } = await run('plain', 500);
    expect(outcome).toBeNull();
    expect(stderr.startsWith('one\ntwo\n')).toBe(true);
    expect(stdout).toContain('500 bars in ');
    expect(process.listenerCount('SIGINT')).toBe(0);
  });

  it('prints the summary alone as JSON', async () => {
    const { stdout } = await run('json', 500, true);
    expect(JSON.parse(stdout)).toMatchObject({ schema: 'holdfast.summary/1' });
  });

  it('SESSION_ABORTED: stops at an interrupt, with a journal that is closed', async () => {
    const { outcome, out, stdout } = await run('interrupted', 5_000_000, false, 1_000);
    expect(outcome).toMatchObject({ code: 'SESSION_ABORTED' });
    expect(stdout).toBe('');
    expect(verifyJournal(join(out, 'journal')).closed).toBe(true);
    expect(existsSync(join(out, 'summary.json'))).toBe(false);
    expect(process.listenerCount('SIGINT')).toBe(0);
  });
});
