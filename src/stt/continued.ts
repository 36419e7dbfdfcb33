import { ResumedTranscript } from './resumed-transcript.ts';
import { RESUMING_DEFAULTS } from './resuming.ts';
import type { HeardSpan } from './speaker-map.ts';
import type { SttStream } from './stt-provider.ts';

/**
 * A stream that goes on where another one has ended, as `resuming` goes on from connection to
 * connection within one: what was said just before is heard again, so that a word at the border is given
 * once and whole, and speakers keep their numbers.
 *
 * @param heard words before `fromMs` that are stored, times and numbers as of this stream; none: the
 *   stream as it is
 * @param overlapMs how much is heard again, milliseconds
 */
export function continued(
  stream: SttStream,
  heard: readonly HeardSpan[],
  overlapMs: number = RESUMING_DEFAULTS.overlapMs,
): SttStream {
  if (heard.length === 0) return stream;
  return {
    async *transcribe(audio, options, fromMs, signal) {
      const transcript = new ResumedTranscript(fromMs, overlapMs, heard);
      const startMs = transcript.beginConnection();
      for await (const event of stream.transcribe(audio, options, startMs, signal)) {
        yield* transcript.take(event, (ms) => ms);
      }
    },
  };
}
