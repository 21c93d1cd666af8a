import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { LIMIT_BUY, openEngine } from '../../support/engine-by-hand.js';
import { runCommand } from '../../support/command-line.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

function blown(): string {
  const path = join(temporaryFolder(), 'journal');
  const engine = openEngine({
    journal: { path, policy: 'os' },
    fuse: { account: { orderNotionalMax: '4000' } },
  });
  engine.submit(LIMIT_BUY);
  engine.drainRequests();
  engine.close();
  return path;
}

describe('holdfast fuse', () => {
  it('status says what blew it, reset takes it back, and status names the person', async () => {
    const folder = blown();
    const status = await runCommand('fuse', 'status', folder);
    expect(status.stdout).toBe(
      'the fuse has blown\nFUSE_ORDER_SIZE 2023-11-14T22:13:20.000Z: order 1 would have made ' +
        'order_notional 5000, the ceiling is 4000\n',
    );
    const reset = await runCommand(
      ...['fuse', 'reset', folder, '--by', 'ada', '--reason', 'limit was meant'],
    );
    expect(reset.stdout).toMatch(
      /^the fuse holds\nlast reset by ada \S+: limit was meant\nrestart the engine/,
    );
    const { stdout } = await runCommand('fuse', 'status', folder, '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      state: 'armed',
      trip: null,
      resets: [{ by: 'ada', reason: 'limit was meant', tripped: { observed: '5000' } }],
    });
  });

  it('reset without a reason changes nothing', async () => {
    const folder = blown();
    await runCommand('fuse', 'reset', folder, '--by', 'ada', '--reason', ' ');
    const { stdout } = await runCommand('fuse', 'status', folder);
    expect(stdout).toContain('the fuse has blown');
  });
});
