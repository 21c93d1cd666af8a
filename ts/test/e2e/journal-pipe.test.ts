import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { HOLDFAST_PROGRAM } from '../support/holdfast-process.js';
import { NativeFixture } from '../support/native-fixture.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** More lines than a pipe holds, so that the writer meets its closed end. */
const BARS = 3_000;

describe('a journal printed into a pipe', () => {
  it.each(['export --jsonl', 'show --count 100000'])(
    '%s ends quietly when its reader has seen enough',
    (command) => {
      const journal = join(temporaryFolder(), 'journal');
      const fixture = new NativeFixture({ journalFolder: journal });
      for (let bar = 0; bar < BARS; bar += 1) fixture.bar(1_000 + (bar % 7));
      fixture.session.close([]);
      fixture.session.dispose();
      const [name = '', ...flags] = command.split(' ');
      const script = 'set -o pipefail; "$0" "$@" | head -n 1';
      const args = [HOLDFAST_PROGRAM, 'journal', name, journal, ...flags];
      const { status, stdout, stderr } = spawnSync(
        'bash',
        ['-c', script, process.execPath, ...args],
        {
          encoding: 'utf8',
        },
      );
      expect(stderr).toBe('');
      expect(status).toBe(0);
      expect(stdout).toContain('session_opened');
      expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    },
  );
});
