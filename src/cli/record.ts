import { Command, Option } from 'commander';
import { fetchNames } from './api/fetch-records.ts';
import {
  type ConnectionOptions,
  connect,
  type OutputOptions,
  withConnectionAndOutput,
} from './connection.ts';
import { parseCount } from './parse-option.ts';
import { findRecorder, type Microphone, openMicrophone, RECORDERS } from './record/microphone.ts';
import { LiveTranscript } from './stream/live-transcript.ts';
import { play } from './stream/play.ts';
import type { StreamMessage } from './stream/stream-message.ts';
import { printResult } from './stream.ts';
import { printNote } from './terminal.ts';

const SAMPLE_RATE = 16_000;
const FRAME_BYTES = 640;
const FRAME_MS = 20;

interface RecordOptions extends ConnectionOptions, OutputOptions {
  with?: string;
  device?: string;
  duration?: number;
  language?: string;
}

export function recordCommand(): Command {
  const command = new Command('record')
    .description('record the microphone of this machine as a live conversation, until Ctrl-C')
    .addOption(
      new Option('--with <program>', 'what records (default: the first that is installed)').choices(
        RECORDERS,
      ),
    )
    .option('--device <name>', 'microphone, as the program names it')
    .option('--duration <seconds>', 'stop by itself', parseCount(1, 86_400))
    .option('--language <tag>', 'spoken language: en, de, …, or multi');
  return withConnectionAndOutput(command)
    .addHelpText(
      'after',
      `
It needs arecord (Debian: alsa-utils) or ffmpeg, and speech-to-text on the server.
The first Ctrl-C stops the recording and shows what was understood, a second one gives up.
Exit code: 0; 1 if nothing was recognised or the microphone cannot be read.

Examples:
  omi-backend record
  omi-backend record --with ffmpeg --duration 600`,
    )
    .action(record);
}

async function record(options: RecordOptions): Promise<void> {
  const recorder = await findRecorder(options.with ?? null);
  const client = await connect(options);
  const microphone = openMicrophone(recorder, options.device ?? null, SAMPLE_RATE);
  const timer =
    options.duration === undefined
      ? undefined
      : setTimeout(() => microphone.stop(), options.duration * 1000);
  const onInterrupt = () => {
    // The terminal sends Ctrl-C to the recorder too, which ends by itself.
    process.once('SIGINT', () => process.exit(130));
    microphone.stop();
  };
  process.once('SIGINT', onInterrupt);
  try {
    if (!options.quiet && !options.json) printNote(`Recording with ${recorder}. Ctrl-C stops.`);
    const names = await fetchNames(client.api);
    const conversation = await play(
      client,
      {
        kind: 'audio',
        description: `microphone, ${SAMPLE_RATE} Hz`,
        query: {},
        importKey: '',
        durationMs: null,
        messages: framesOf(microphone),
      },
      new LiveTranscript((personId) => names.get(personId)),
      {
        // It comes in real time already.
        speed: Number.POSITIVE_INFINITY,
        query: {
          codec: 'pcm16',
          sample_rate: String(SAMPLE_RATE),
          channels: '1',
          source: 'desktop',
          include_speech_profile: 'true',
          ...(options.language === undefined ? {} : { language: options.language }),
        },
        output: options,
      },
    );
    await printResult(client.api, conversation, options);
  } finally {
    clearTimeout(timer);
    process.removeListener('SIGINT', onInterrupt);
    microphone.stop();
  }
}

/** Cuts what the microphone gives into frames of 20 ms. */
async function* framesOf(microphone: Microphone): AsyncGenerator<StreamMessage> {
  let rest: Uint8Array = new Uint8Array(0);
  let frame = 0;
  for await (const bytes of microphone.samples()) {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    let from = 0;
    for (; rest.length - from >= FRAME_BYTES; from += FRAME_BYTES) {
      yield { dueMs: frame * FRAME_MS, data: rest.subarray(from, from + FRAME_BYTES) };
      frame += 1;
    }
    rest = rest.subarray(from);
  }
}
