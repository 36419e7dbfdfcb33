import type { AudioFile } from '../model/recording.ts';
import { toIso } from '../model/timestamp.ts';

/** A recording on Omi's wire. `chunk_timestamps` holds its start alone, epoch seconds. */
export interface AudioFileWire {
  id: string;
  uid: string;
  conversation_id: string;
  chunk_timestamps: number[];
  /** Omi's name of its blob store, the only value that clients know. */
  provider: 'gcp';
  started_at: string;
  /** Seconds. */
  duration: number;
}

export function audioFileToWire(conversationId: string, file: AudioFile): AudioFileWire {
  return {
    id: file.id,
    uid: file.uid,
    conversation_id: conversationId,
    chunk_timestamps: [file.startedAt / 1000],
    provider: 'gcp',
    started_at: toIso(file.startedAt),
    duration: file.durationMs / 1000,
  };
}
