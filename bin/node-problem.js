import { createRequire, isBuiltin } from 'node:module';

const load = createRequire(import.meta.url);

/** Where npm may put the package: beside the others, or below the one that asks for it on an old Node. */
const PACKAGES = ['better-sqlite3', 'sqlite-for-node-20/node_modules/better-sqlite3'];

/**
 * Returns that this Node is too old, null if it is not. An older Node ends with a page of our own code.
 *
 * @param version of this Node, such as `20.19.0`
 */
export function versionProblem(version = process.versions.node) {
  const [, needed] = /^>=([\d.]+)$/.exec(load('../package.json').engines.node);
  if (!isBefore(version, needed)) return null;
  return `This is Node ${version}, and omi-backend needs Node ${needed} or newer. Install Node 22.16 or newer.\n`;
}

/**
 * Returns why this Node cannot run the server, null if it can: it needs a SQLite, its own (Node 22.16) or the
 * package that npm installs for an older Node. The package must also have its native part, which is compiled or
 * downloaded when it is installed.
 */
export function sqliteProblem() {
  const hasOwn = !isBefore(process.versions.node, '22.16');
  // Not loaded here: that would print a warning of Node's.
  if (hasOwn && isBuiltin('node:sqlite')) return null;
  let reason = 'better-sqlite3 is not installed';
  for (const name of PACKAGES) {
    try {
      const Database = load(name);
      new Database(':memory:').close();
      return null;
    } catch (error) {
      if (error.code !== 'MODULE_NOT_FOUND') reason = inOneLine(error.message);
    }
  }
  return (
    `Node ${process.versions.node} has no SQLite of its own, and the package that brings one cannot be used (${reason}).\n` +
    'Install Node 22.16 or newer, which needs nothing else, then run `npm ci` again.\n' +
    'To stay with this Node, install Python, make and a C++ compiler, then run `npm ci` again.\n'
  );
}

/** A list of the places that were tried helps nobody. */
function inOneLine(message) {
  return message
    .replace(/\.?\s*Tried:[\s\S]*$/, '')
    .replaceAll(/\s+/g, ' ')
    .replace(/\.$/, '');
}

function isBefore(version, other) {
  const [major, minor] = version.split('.').map(Number);
  const [otherMajor, otherMinor] = other.split('.').map(Number);
  return major < otherMajor || (major === otherMajor && minor < otherMinor);
}
