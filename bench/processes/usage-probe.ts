/**
 * Preloaded (`--import`) into every process that is measured, so that all are measured alike: it
 * answers `{ probe: 'usage' }` with CPU time (all threads) and resident memory, and
 * `{ probe: 'collect' }` after a full garbage collection (needs `--expose-gc`). It is compiled
 * beforehand, because a compiler in the process would be measured too.
 */
interface Question {
  id?: number;
  probe?: 'usage' | 'collect';
}

if (process.send) {
  process.on('message', (message: Question | null) => {
    if (message?.probe === undefined) return;
    if (message.probe === 'collect') for (let i = 0; i < 3; i += 1) globalThis.gc?.();
    const { user, system } = process.cpuUsage();
    const answer = { cpuUs: user + system, rssBytes: process.memoryUsage.rss() };
    process.send?.({ id: message.id, answer });
  });
  // The measured program decides by itself when it ends.
  process.channel?.unref();
}

export {};
