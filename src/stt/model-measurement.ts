import type { SttWord } from './stt-event.ts';

/** How a model does on this machine. */
export interface ModelMeasurement {
  title: string;
  loadMs: number;
  /** Time of computing for a second of audio. */
  realTimeFactor: number;
  /** Streams that this machine keeps up with. */
  streams: number;
  rssBytes: number;
  words: SttWord[];
}
