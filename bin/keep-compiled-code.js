import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const LIMIT_MS = 30_000;
const LOOK_MS = 50;

/**
 * Starts the built server once, which then writes its compiled code into the bundle's folder, so that the
 * first start of a user is as fast as the next. A server that cannot start here is no error: a later start writes it.
 */
export async function keepCompiledCode(root, bundle) {
  for (const name of compiledFiles(bundle)) rmSync(join(bundle, name));
  const folder = mkdtempSync(join(tmpdir(), 'omi-backend-build-'));
  const { PATH = '', SystemRoot } = process.env;
  const server = spawn(process.execPath, [join(root, 'dist', 'main.js'), 'serve'], {
    cwd: folder,
    // Settings of whoever builds are not to be used: the server could reach their data.
    env: {
      PATH,
      HOME: folder,
      DATA_DIR: join(folder, 'data'),
      HOST: '127.0.0.1',
      PORT: '0',
      DETECT_MODEL_SERVERS: 'false',
      ...(SystemRoot !== undefined && { SystemRoot }),
    },
    stdio: 'ignore',
  });
  const ended = once(server, 'exit');
  const deadline = Date.now() + LIMIT_MS;
  while (server.exitCode === null && server.signalCode === null && Date.now() < deadline) {
    if (compiledFiles(bundle).length > 0) break;
    await sleep(LOOK_MS);
  }
  server.kill('SIGKILL');
  await ended;
  rmSync(folder, { recursive: true, force: true });
}

function compiledFiles(bundle) {
  return readdirSync(bundle).filter((name) => /^code-[0-9a-f]+-[0-9a-f]+$/.test(name));
}
