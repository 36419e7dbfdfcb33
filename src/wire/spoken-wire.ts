import type { TranscriptSegment } from '../model/transcript-segment.ts';

/** Words of a voice stream; they belong to no conversation and have no id. Seconds. */
export interface SpokenWire {
  speaker: string | null;
  start: number;
  end: number;
  text: string;
  is_user: false;
  person_id: null;
}

export function spokenToWire(segment: TranscriptSegment): SpokenWire {
  return {
    speaker: segment.speaker,
    start: segment.startMs / 1000,
    end: segment.endMs / 1000,
    text: segment.text,
    is_user: false,
    person_id: null,
  };
}
