import { basename } from 'node:path';
import type { Tracing } from '../kernel/tracing.ts';
import type { SttProvider } from '../stt/stt-provider.ts';

/** Returns the provider with a span for each of its connections. */
export function traceProvider(provider: SttProvider, tracing: Tracing): SttProvider {
  return {
    name: provider.name,
    get capabilities() {
      return provider.capabilities;
    },
    async *transcribe(audio, options, signal) {
      const span = tracing.start({
        name: `speech-to-text ${provider.name}`,
        kind: 'client',
        facts: {
          'omi.stt.provider': provider.name,
          // The model of a local provider is a folder.
          'omi.stt.model': basename(options.model),
          'omi.stt.encoding': options.format.encoding,
          'omi.stt.sample_rate': options.format.sampleRate,
        },
      });
      let events = 0;
      try {
        for await (const event of provider.transcribe(audio, options, signal)) {
          events += 1;
          yield event;
        }
      } catch (error) {
        // Who aborts it does not want it any more.
        if (!signal.aborted) span.fail(error);
        throw error;
      } finally {
        span.addFacts({ 'omi.stt.events': events });
        span.end();
      }
    },
    check: (signal) => provider.check(signal),
    ...(provider.usableServices && {
      usableServices: (service, isRecorded) => provider.usableServices?.(service, isRecorded) ?? [],
    }),
    close: async () => provider.close?.(),
  };
}
