/**
 * How to get each tool: a command where the system's own packages are recent enough, and the
 * official page otherwise.
 *
 * @typedef {{ readonly debian: string, readonly macos: string, readonly page: string }} Remedy
 */

const RUSTUP = "curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y";

/** @type {Readonly<Record<string, Remedy>>} */
export const REMEDIES = {
  node: {
    debian: 'sudo apt-get install nodejs npm    (Debian 13, Ubuntu 25.04 or later)',
    macos: 'brew install node',
    page: 'https://nodejs.org/en/download',
  },
  npm: {
    debian: 'sudo apt-get install npm    (or: sudo npm install --global npm@latest)',
    macos: 'brew install node    (or: npm install --global npm@latest)',
    page: 'https://docs.npmjs.com/downloading-and-installing-node-js-and-npm',
  },
  rust: {
    debian: `${RUSTUP}    (too old: rustup update stable)`,
    macos: `${RUSTUP}    (too old: rustup update stable)`,
    page: 'https://www.rust-lang.org/tools/install',
  },
  cmake: {
    debian: 'sudo apt-get install cmake',
    macos: 'brew install cmake',
    page: 'https://cmake.org/download/',
  },
  compiler: {
    debian: 'sudo apt-get install build-essential',
    macos: 'xcode-select --install',
    page: 'https://gcc.gnu.org/install/ or https://clang.llvm.org/get_started.html',
  },
  generator: {
    debian: 'sudo apt-get install make',
    macos: 'xcode-select --install',
    page: 'https://ninja-build.org/',
  },
};

/**
 * Writes what is wrong and how to mend it, all tools at once.
 *
 * @param {readonly import('./prerequisites.mjs').Problem[]} problems
 * @returns {string}
 */
export function describeProblems(problems) {
  const lines = ['Holdfast cannot be built yet:'];
  for (const { tool, text } of problems) {
    const remedy = REMEDIES[tool];
    if (remedy === undefined) throw new Error(`tool ${tool} must have a remedy`);
    lines.push(
      '',
      `* ${text}`,
      `    Debian, Ubuntu: ${remedy.debian}`,
      `    macOS:          ${remedy.macos}`,
      `    other systems:  ${remedy.page}`,
    );
  }
  return `${lines.join('\n')}\n`;
}
