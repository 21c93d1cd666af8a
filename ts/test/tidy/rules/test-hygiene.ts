import type { SourceFile } from '../source-tree.js';

/** The tests of these rules hold what the rules look for. */
const TEST_FILE = /^(?:ts\/test\/(?!tidy\/)|native\/rust\/.*\.rs$|native\/cpp\/test\/)/;

/** Unconditional skips; `skipIf` says its condition and is judged by its line below. */
const SKIP = /\b(?:it|test|describe)\.(?:skip|todo)\b|\bx(?:it|describe)\(/;
const CONDITIONAL_SKIP = /\.(?:skipIf|runIf)\(/;
/** A condition with a name of its own says why, such as `skipIf(!hasSharedData)`. */
const NAMED_CONDITION = /\.(?:skipIf|runIf)\(!?\w+\)/;

function linesOf(
  { path, text }: SourceFile,
  judge: (line: string, before: string) => string | undefined,
): readonly string[] {
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    const problem = judge(line, lines[index - 1] ?? '');
    return problem === undefined ? [] : [`${path}:${index + 1}: ${problem}`];
  });
}

/** Finds tests that keep every other test of their file from running. */
export function focusedTests(files: readonly SourceFile[]): readonly string[] {
  return files
    .filter(({ path }) => TEST_FILE.test(path))
    .flatMap((file) =>
      linesOf(file, (line) =>
        /\b(?:it|test|describe|suite)\.only\b|\bf(?:it|describe)\(/.test(line)
          ? 'must not keep other tests from running'
          : undefined,
      ),
    );
}

/** Finds tests that are skipped without a word: a comment above, a named condition or a message. */
export function silentSkips(files: readonly SourceFile[]): readonly string[] {
  return files
    .filter(({ path }) => TEST_FILE.test(path))
    .flatMap((file) =>
      linesOf(file, (line, before) => {
        const explained = /^\s*(?:\/\/|\*)/.test(before);
        if (SKIP.test(line) && !explained) return 'must say above why it is skipped';
        if (CONDITIONAL_SKIP.test(line) && !NAMED_CONDITION.test(line) && !explained) {
          return 'must name the condition of its skip';
        }
        if (/^\s*#\[ignore\]/.test(line)) return 'must say why: #[ignore = "…"]';
        if (/\bGTEST_SKIP\(\);/.test(line)) return 'must say why: GTEST_SKIP() << "…"';
        return undefined;
      }),
    );
}
