import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A file of the repository as the rules see it; `path` has `/` between its parts. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly bytes: number;
}

export const ROOT = resolve(fileURLToPath(new URL('../../..', import.meta.url)));

/** Returns the names that `.gitignore` leaves out: folders (`dist/`) and endings (`*.tgz`). */
export function ignoredNames(gitignore: string): (name: string) => boolean {
  const lines = gitignore.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const names = new Set(lines.map((line) => line.replace(/\/$/, '')));
  const endings = lines.filter((line) => line.startsWith('*')).map((line) => line.slice(1));
  return (name) => names.has(name) || endings.some((ending) => name.endsWith(ending));
}

function listFiles(folder: string, isIgnored: (name: string) => boolean): readonly string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === '.git' || isIgnored(entry.name)) return [];
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    return entry.isDirectory() ? listFiles(path, isIgnored) : [path];
  });
}

/** Reads every file that belongs to the project, whether it was committed already or not. */
function readTree(): readonly SourceFile[] {
  const isIgnored = ignoredNames(readFileSync(join(ROOT, '.gitignore'), 'utf8'));
  return listFiles('', isIgnored).map((path) => {
    const content = readFileSync(join(ROOT, path));
    return { path, text: content.toString('utf8'), bytes: content.length };
  });
}

export const TREE = readTree();

/** Returns the file at a path; a tidy rule cannot do without it. */
export function fileAt(files: readonly SourceFile[], path: string): SourceFile {
  const found = files.find((file) => file.path === path);
  if (found === undefined) throw new Error(`the tree must hold ${path}`);
  return found;
}

/** Makes a file for the tests of the rules themselves. */
export function sampleFile(path: string, text = ''): SourceFile {
  return { path, text, bytes: Buffer.byteLength(text) };
}
