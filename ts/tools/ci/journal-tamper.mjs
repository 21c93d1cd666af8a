import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../repository.mjs';
import { demand, inEmptyFolder, runCommand, tryCommand } from './trial.mjs';

const SESSION = join(ROOT, 'out', 'trend-following-sp500');
/** Where a byte is flipped, as fractions of the file. */
const PLACES_FRAC = [0, 0.25, 0.5, 0.9, 1];

/** The journal of the demo must verify and replay; with one byte flipped it must name a record. */
inEmptyFolder('journal', (folder) => {
  const journal = join(folder, 'journal');
  cpSync(join(SESSION, 'journal'), journal, { recursive: true });
  runCommand(['npx', 'holdfast', 'journal', 'verify', journal], { cwd: ROOT });
  runCommand(['npx', 'holdfast', 'journal', 'replay', journal], { cwd: ROOT });

  const [segment = ''] = readdirSync(journal).sort();
  const path = join(journal, segment);
  const intact = readFileSync(path);
  for (const place of PLACES_FRAC) {
    const forged = Buffer.from(intact);
    const index = Math.min(Math.floor(place * intact.length), intact.length - 1);
    forged.writeUInt8(forged.readUInt8(index) ^ 1, index);
    writeFileSync(path, forged);
    const { exitCode, stdout, stderr } = tryCommand(
      ['npx', 'holdfast', 'journal', 'verify', journal],
      { cwd: ROOT },
    );
    demand(exitCode !== 0, `a flipped byte at ${index} must be found`);
    demand(/record \d+/.test(stdout + stderr), `the record of byte ${index} must be named`);
  }
});
