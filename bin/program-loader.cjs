'use strict';
/**
 * Runs a bundled program with the code that V8 has compiled for it before, so that a start compiles nothing. The build
 * copies this file beside the bundle, and starts the server once: a server that finds no compiled code writes it when it
 * has started. Code of another V8, of other flags of V8 or of another build has another name and is not looked at.
 */
const { subscribe, unsubscribe } = require('node:diagnostics_channel');
const fs = require('node:fs');
const { createRequire } = require('node:module');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { cachedDataVersionTag } = require('node:v8');
const { Script } = require('node:vm');
const { isMainThread } = require('node:worker_threads');

/** Names the files of this build; the build writes it here. */
const BUILD = 'not-built';
/** On this channel of Node's diagnostics the server says that it has started. */
const STARTED = 'omi-backend:started';

const requireOutside = createRequire(path.join(__dirname, 'loader.cjs'));
const modules = new Map();
const scripts = new Map();
let compiled = new Map();

/** Runs a program of the bundle, such as `main.cjs`. */
module.exports = function runProgram(name) {
  if (!isMainThread) {
    load(name);
    return;
  }
  const tag = cachedDataVersionTag();
  const file = path.join(__dirname, `code-${BUILD}-${tag.toString(16)}`);
  compiled = readCompiled(file);
  const isKept = compiled.size > 0;
  // Of another program, such as a child process: it would hold 4 MB for the few files that they share.
  if (!compiled.has(name)) compiled = new Map();
  const onStarted = () => {
    unsubscribe(STARTED, onStarted);
    if (!isKept && cachedDataVersionTag() === tag) keepCompiled(file);
    // What was not used until now would only take memory.
    compiled = new Map();
    scripts.clear();
  };
  subscribe(STARTED, onStarted);
  load(name);
};

function load(name) {
  const loaded = modules.get(name);
  if (loaded) return loaded.exports;
  const module = { exports: {} };
  modules.set(name, module);
  const filename = path.join(__dirname, name);
  const text = fs.readFileSync(filename, 'utf8');
  const script = new Script(`(function(exports,require,module,importLater,moduleUrl){${text}\n})`, {
    filename,
    cachedData: compiled.get(name),
  });
  compiled.delete(name);
  scripts.set(name, script);
  const run = script.runInThisContext();
  run(module.exports, requireFrom, module, importLater, pathToFileURL(filename).href);
  module.exports = withPlainFunctions(module.exports);
  return module.exports;
}

/**
 * Returns what a file exports with its functions as plain properties: each call through the getters that esbuild makes of
 * them takes 20 ns longer. A variable may change after the file has run, and keeps its getter.
 */
function withPlainFunctions(exported) {
  const properties = Object.getOwnPropertyDescriptors(exported);
  for (const [name, property] of Object.entries(properties)) {
    const value = property.get && exported[name];
    if (typeof value === 'function') properties[name] = { value, enumerable: property.enumerable };
  }
  return Object.create(Object.prototype, properties);
}

function requireFrom(name) {
  return name.startsWith('./') ? load(name.slice(2)) : requireOutside(name);
}

/** Stands for `import()`: of another file of the bundle, of a package that is not in it, or of a module of Node. */
async function importLater(name) {
  return name.startsWith('./') ? load(name.slice(2)) : await import(name);
}

/** Returns the compiled code of each file; nothing if there is none. */
function readCompiled(file) {
  try {
    const bytes = fs.readFileSync(file);
    const length = bytes.readUInt32LE(0);
    const parts = JSON.parse(bytes.toString('utf8', 4, 4 + length));
    const start = 4 + length;
    return new Map(
      parts.map(([name, from, to]) => [name, bytes.subarray(start + from, start + to)]),
    );
  } catch {
    // Absent, or cut off: the start takes longer, and writes it again.
    return new Map();
  }
}

/** Writes what V8 has compiled so far; all or nothing. */
function keepCompiled(file) {
  const parts = [];
  const codes = [];
  let at = 0;
  for (const [name, script] of scripts) {
    const code = script.createCachedData();
    parts.push([name, at, at + code.length]);
    codes.push(code);
    at += code.length;
  }
  const names = Buffer.from(JSON.stringify(parts));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(names.length);
  const part = `${file}.${process.pid}`;
  try {
    fs.writeFileSync(part, Buffer.concat([length, names, ...codes]), { flag: 'wx' });
    // Who installs the server and who runs it may be different users.
    fs.chmodSync(part, 0o644);
    fs.renameSync(part, file);
  } catch {
    // The folder cannot be written, as in a container: nothing is lost but time.
    fs.rmSync(part, { force: true });
  }
}
