/**
 * Preloaded (`--import`) into every process that is measured, so that all are measured alike. It answers
 * `{ probe: 'usage' }` with what the process has used, `{ probe: 'collect' }` after a full garbage collection,
 * and takes a CPU profile between `{ probe: 'beginProfile' }` and
 * `{ probe: 'endProfile', file }`. It is compiled beforehand, because a compiler in the process would be
 * measured too.
 */
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';

interface Question {
  id?: number;
  probe?: 'usage' | 'collect' | 'beginProfile' | 'endProfile';
  file?: string;
}

let collectionMs = 0;
let profiler: Session | undefined;

async function answer({ probe, file }: Question): Promise<unknown> {
  if (probe === 'beginProfile') {
    profiler = new Session();
    profiler.connect();
    await profiler.post('Profiler.enable');
    await profiler.post('Profiler.start');
    return null;
  }
  if (probe === 'endProfile') {
    const stopped = await profiler?.post('Profiler.stop');
    profiler?.disconnect();
    if (stopped && file !== undefined) writeFileSync(file, JSON.stringify(stopped.profile));
    return null;
  }
  if (probe === 'collect') await collectAll();
  const { user, system } = process.cpuUsage();
  const usage = {
    cpuUs: user + system,
    rssBytes: process.memoryUsage.rss(),
    collectionMs,
    loopDelayP99Ms: delay.percentile(99) / 1e6,
  };
  // The next question is about the time from here on.
  delay.reset();
  return usage;
}

/**
 * Collects all garbage and gives free pages back, as V8 does by itself after a minute without work. `gc()` would
 * leave the young generation as large as the start has made it, 32 MiB.
 */
async function collectAll(): Promise<void> {
  const session = new Session();
  session.connect();
  await session.post('HeapProfiler.collectGarbage');
  session.disconnect();
}

const delay = monitorEventLoopDelay({ resolution: 5 });
if (process.send) {
  delay.enable();
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) collectionMs += duration;
  });
  observer.observe({ entryTypes: ['gc'] });
  process.on('message', (message: Question | null) => {
    if (message?.probe === undefined) return;
    answer(message).then(
      (value) => process.send?.({ id: message.id, answer: value }),
      (error: unknown) => process.send?.({ id: message.id, error: String(error) }),
    );
  });
  // The measured program decides by itself when it ends.
  process.channel?.unref();
}
