/**
 * @typedef {{
 *   readonly version?: string,
 *   readonly dev?: boolean,
 *   readonly optionalDependencies?: Readonly<Record<string, string>>,
 * }} LockedPackage
 * @typedef {{
 *   readonly path: string,
 *   readonly name: string,
 *   readonly version: string,
 *   readonly dev: boolean,
 * }} MissingOptional
 */

const SYSTEMS = 'aix android darwin freebsd linux netbsd openbsd openharmony sunos win32'.split(
  ' ',
);
const PROCESSORS = 'arm arm64 ia32 loong64 mips64el ppc64 riscv64 s390x wasm32 x64'.split(' ');
/** The last part of a name such as `linux-arm-gnueabihf` tells the C library. */
const C_LIBRARIES = [
  ['gnu', 'glibc'],
  ['musl', 'musl'],
];

/**
 * Tells whether the lock file has a package where `from` would look it up: in its own folder, and
 * in those around it.
 *
 * @param {Readonly<Record<string, LockedPackage>>} packages
 * @param {string} from
 * @param {string} name
 */
function isLocked(packages, from, name) {
  const nested = from.split(/(?:^|\/)node_modules\//).filter((part) => part !== '');
  for (let depth = nested.length; depth >= 0; depth -= 1) {
    const path = [...nested.slice(0, depth), name].map((part) => `node_modules/${part}`).join('/');
    if (packages[path] !== undefined) return true;
  }
  return false;
}

/**
 * Returns the optional dependencies that no entry of a lock file stands for.
 *
 * @param {Readonly<Record<string, LockedPackage>>} packages
 * @returns {readonly MissingOptional[]}
 */
export function missingOptionals(packages) {
  /** @type {Map<string, MissingOptional>} */
  const missing = new Map();
  for (const [from, { dev = false, optionalDependencies = {} }] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      if (isLocked(packages, from, name)) continue;
      const path = `node_modules/${name}`;
      const other = missing.get(path);
      const sameVersion = other === undefined || other.version === version;
      missing.set(path, {
        name,
        version,
        dev: dev && (other?.dev ?? true),
        path: sameVersion ? path : `${from}/${path}`,
      });
    }
  }
  return [...missing.values()];
}

/**
 * Returns the entry of a binary package, whose system stands in its name, as in
 * `@scope/name-linux-x64-musl`: with it, npm leaves the package out on other systems.
 *
 * @param {MissingOptional} missing
 * @throws when the version is a range, or the name tells no system
 */
export function platformEntry({ name, version, dev }) {
  const parts = name.split(/[/-]/);
  const cpu = PROCESSORS.filter((processor) => parts.includes(processor));
  const os = SYSTEMS.filter((system) => parts.includes(system));
  const last = parts.at(-1) ?? '';
  const libc = C_LIBRARIES.filter(([prefix = '']) => os[0] === 'linux' && last.startsWith(prefix));
  if (cpu.length === 0 || !/^\d+\.\d+\.\d+[-.\w]*$/.test(version)) {
    throw new Error(
      `${name}@${version} must be locked by npm itself: it names no system or version`,
    );
  }
  return {
    version,
    cpu,
    ...(dev ? { dev } : {}),
    ...(libc.length === 0 ? {} : { libc: libc.map(([, library]) => library) }),
    optional: true,
    ...(os.length === 0 ? {} : { os }),
  };
}
