import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { buildProgram } from '../../../src/cli/program.ts';
import {
  describeModelServer,
  findLocalModelServers,
} from '../../../src/llm/local-model-servers.ts';
import { OpenAiSimulator } from '../../simulators/openai-simulator.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const close of closers.splice(0)) await close();
});

const portOf = (url: string) => Number(new URL(url).port);

/** A program on this machine that serves no models. */
async function startOther(status: number, body: string): Promise<number> {
  const other = createServer((_request, response) => response.writeHead(status).end(body));
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => other.close(resolve)));
  return (other.address() as AddressInfo).port;
}

describe('looking for model servers on this machine', () => {
  it('finds those that list models, and nothing else', async () => {
    const simulator = await OpenAiSimulator.start({ models: ['a', 'b'] });
    closers.push(() => simulator.close());
    const gone = await startOther(200, 'x');
    await closers.pop()?.();
    const ports = [
      { name: 'Ollama', port: portOf(simulator.baseUrl) },
      { name: 'LM Studio', port: gone },
      { name: 'llama.cpp', port: await startOther(200, '<html>A web page</html>') },
      { name: 'Another', port: await startOther(404, '{}') },
      { name: 'A third', port: await startOther(200, '{"data":"no"}') },
    ];
    expect(await findLocalModelServers(ports)).toEqual([
      { name: 'Ollama', baseUrl: simulator.baseUrl, models: 2 },
    ]);
  });

  it('says in one line how to use one', () => {
    const server = { name: 'Ollama', baseUrl: 'http://127.0.0.1:11434/v1', models: 1 };
    expect(describeModelServer(server)).toBe(
      'Ollama runs on this machine (1 model): set OPENAI_BASE_URL=http://127.0.0.1:11434/v1 to use it.',
    );
  });
});

describe('doctor', () => {
  /** Its lines, in an installation of its own. */
  async function doctor(env: Record<string, string>): Promise<string> {
    const directory = await mkdtemp(path.join(tmpdir(), 'omi-doctor-'));
    closers.push(() => rm(directory, { recursive: true, force: true }));
    const before = { ...process.env };
    const lines: string[] = [];
    vi.spyOn(process.stdout, 'write').mockImplementation((line) => {
      lines.push(String(line));
      return true;
    });
    Object.assign(process.env, { DATA_DIR: directory, ...env });
    const found = [{ name: 'LM Studio', baseUrl: 'http://127.0.0.1:1234/v1', models: 3 }];
    try {
      await buildProgram(() => Promise.resolve(found)).parseAsync(['doctor'], { from: 'user' });
    } finally {
      process.env = before;
      process.exitCode = 0;
      vi.restoreAllMocks();
    }
    return lines.join('');
  }

  it('names a model server that it finds if none is configured', async () => {
    expect(await doctor({})).toContain(
      '– Language model: LM Studio runs on this machine (3 models): set OPENAI_BASE_URL=http://127.0.0.1:1234/v1 to use it.\n',
    );
    expect(await doctor({ DETECT_MODEL_SERVERS: 'false' })).not.toContain('LM Studio');
  });

  it('tells what the model can do', async () => {
    const simulator = await OpenAiSimulator.start({ models: ['llama3:8b', 'nomic-embed-text'] });
    closers.push(() => simulator.close());
    const env = { OPENAI_BASE_URL: simulator.baseUrl };
    const able = await doctor(env);
    expect(able).toContain('✓ Language model: llama3:8b\n✓ Embedding model: nomic-embed-text\n');
    expect(able).toContain('✓ Abilities of the model: calls tools; structured output by schema\n');
    expect(able).not.toContain('LM Studio');
    for (const fault of ['no-tools-500', 'no-response-format-400', 'think-unopened'] as const) {
      simulator.also.add(fault);
    }
    expect(await doctor(env)).toContain(
      '✓ Abilities of the model: takes no tools, so the chat answers from passages that are found for it; structured output by the prompt alone; thinks aloud, so answers are shown when they are complete\n',
    );
  });
});
