import { fileAt, type SourceFile } from '../source-tree.js';

const README_LINES_MAX = 120;

/** Finds documents that do not have exactly one title. */
export function titleCounts(files: readonly SourceFile[]): readonly string[] {
  return files.flatMap(({ path, text }) => {
    if (!path.endsWith('.md')) return [];
    const prose = text.replace(/^(```|~~~)[\s\S]*?^\1/gm, '');
    const titles = prose.split('\n').filter((line) => line.startsWith('# ')).length;
    return titles === 1 ? [] : [`${path}: must have one title, has ${titles}`];
  });
}

/** Finds a README that nobody reads to its end. */
export function longReadme(files: readonly SourceFile[]): readonly string[] {
  const lines = fileAt(files, 'README.md').text.split('\n').length - 1;
  return lines < README_LINES_MAX
    ? []
    : [`README.md: must have under ${README_LINES_MAX} lines, has ${lines}`];
}

const NOTICES = ['education and research', 'substantial risk of loss', 'your duty'];

/** Finds what the licence and the notice of risk leave out. */
export function missingNotices(files: readonly SourceFile[]): readonly string[] {
  const licence = fileAt(files, 'LICENSE').text;
  const readme = fileAt(files, 'README.md').text.toLowerCase();
  return [
    ...(licence.startsWith('MIT License') ? [] : ['LICENSE: must be the MIT licence']),
    ...NOTICES.filter((notice) => !readme.includes(notice)).map(
      (notice) => `README.md: must say: ${notice}`,
    ),
  ];
}

/** Finds links of documents to files of the project that do not exist. */
export function deadLinks(files: readonly SourceFile[]): readonly string[] {
  const paths = new Set(files.map(({ path }) => path));
  const folders = new Set(
    files.flatMap(({ path }) =>
      path.split('/').map((_, depth, all) => all.slice(0, depth).join('/')),
    ),
  );
  return files.flatMap(({ path, text }) => {
    if (!path.endsWith('.md')) return [];
    const links = [...text.matchAll(/\]\((?!\w+:|#)([^)#\s]+)/g)].map(([, link = '']) => link);
    return links.flatMap((link) => {
      const target = new URL(link, `file:///${path}`).pathname.slice(1).replace(/\/$/, '');
      const exists = paths.has(target) || folders.has(target);
      return exists ? [] : [`${path}: must not link to ${link}, which does not exist`];
    });
  });
}

/** Finds commands in documents that package.json does not have. */
export function deadCommands(files: readonly SourceFile[]): readonly string[] {
  const { scripts } = JSON.parse(fileAt(files, 'package.json').text) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  return files.flatMap(({ path, text }) => {
    if (!path.endsWith('.md')) return [];
    const commands = new Set(
      [...text.matchAll(/\bnpm run ([a-z][\w-]*)/g)].map(([, name = '']) => name),
    );
    return [...commands]
      .filter((name) => !Object.hasOwn(scripts, name))
      .map((name) => `${path}: must not name \`npm run ${name}\`, there is no such script`);
  });
}
