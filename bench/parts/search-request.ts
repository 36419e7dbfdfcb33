import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchProcess } from '../bench-process.ts';
import { startOn } from '../live-servers.ts';
import type { Part, Row } from '../report.ts';
import { percentile, spread } from '../statistics.ts';
import { makeRandom, prepareSpeech, wordPicker } from '../stored-speech.ts';

const SIZES = [1_000, 100_000] as const;
const REQUESTS = 100;
/** Requests that go before: the work of the just-in-time compiler is not what is asked for. */
const WARM_UP = 60;
const WORDS = 3;
const GOALS_MS = { processor: 5, p95: 15 } as const;

interface Searches {
  windows: number;
  processorMs: number;
  latenciesMs: number[];
}

/** What a search costs the server from request to response, all threads together, over HTTP. */
export async function benchSearchRequest(profileDirectory: string | null): Promise<Part> {
  const raw: Searches[] = [];
  for (const windows of SIZES) raw.push(await measure(windows, profileDirectory));
  return { name: 'Search over HTTP, one request after the other', rows: raw.flatMap(rowsOf), raw };
}

async function measure(windows: number, profileDirectory: string | null): Promise<Searches> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-search-request-'));
  try {
    const token = await prepareSpeech(directory, windows);
    const { child, url } = await startOn(directory, [], { RATE_LIMIT_BOOST: '1000' });
    try {
      const pick = wordPicker(makeRandom(7), 0.3);
      const ask = async () =>
        await search(url, token, Array.from({ length: WORDS }, pick).join(' '));
      for (let i = 0; i < WARM_UP; i += 1) await ask();
      return { windows, ...(await measureRequests(child, ask, windows, profileDirectory)) };
    } finally {
      await child.stop();
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function measureRequests(
  child: BenchProcess,
  ask: () => Promise<number>,
  windows: number,
  profileDirectory: string | null,
): Promise<Omit<Searches, 'windows'>> {
  if (profileDirectory !== null) {
    mkdirSync(profileDirectory, { recursive: true });
    await child.beginProfile();
  }
  const before = await child.usage();
  const latenciesMs: number[] = [];
  for (let i = 0; i < REQUESTS; i += 1) latenciesMs.push(await ask());
  const after = await child.usage();
  if (profileDirectory !== null) {
    await child.endProfile(join(profileDirectory, `search-${windows}.cpuprofile`));
  }
  return { processorMs: (after.cpuUs - before.cpuUs) / 1000 / REQUESTS, latenciesMs };
}

/** Asks once. Returns the milliseconds that it took. */
async function search(url: string, token: string, query: string): Promise<number> {
  const startedAt = performance.now();
  const response = await fetch(`${url}/v1/conversations/search`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  const { items } = (await response.json()) as { items?: unknown[] };
  if (!items?.length) throw new Error(`A search found nothing: ${response.status}.`);
  return performance.now() - startedAt;
}

function rowsOf({ windows, processorMs, latenciesMs }: Searches): Row[] {
  const name = `${windows.toLocaleString('en')} windows`;
  const row = (what: string, value: number, goal: number | null): Row => ({
    name: `${name}: ${what}`,
    unit: 'ms',
    value: spread([value]),
    goal,
  });
  return [
    row('processor time', processorMs, windows === SIZES[0] ? GOALS_MS.processor : null),
    row('p50', percentile(latenciesMs, 0.5), null),
    row('p95', percentile(latenciesMs, 0.95), windows === SIZES[1] ? GOALS_MS.p95 : null),
  ];
}
