import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

const FOLDER = resolve(process.env['HOLDFAST_SHARED_DATA'] ?? '../shared/data');

/** Recorded data lies outside the project; a test that needs it is skipped where it is absent. */
export const hasSharedData = existsSync(FOLDER);
if (!hasSharedData) console.warn(`not run: recorded data is absent (${FOLDER})`);

export function sharedFile(path: string): string {
  return join(FOLDER, path);
}
