import { speakerIdOf, type TranscriptSegment } from '../model/transcript-segment.ts';

/** A transcript segment on Omi's wire: times in seconds; words never leave the server. */
export interface SegmentWire {
  id: string;
  text: string;
  speaker: string;
  speaker_id: number;
  is_user: boolean;
  person_id: string | null;
  start: number;
  end: number;
  translations: { lang: string; text: string }[];
  speech_profile_processed: boolean;
  stt_provider: string | null;
}

export function segmentToWire(segment: TranscriptSegment): SegmentWire {
  return {
    id: segment.id,
    text: segment.text,
    speaker: segment.speaker,
    speaker_id: speakerIdOf(segment.speaker),
    is_user: segment.isUser,
    person_id: segment.personId,
    start: segment.startMs / 1000,
    end: segment.endMs / 1000,
    translations: segment.translations.map(({ lang, text }) => ({ lang, text })),
    speech_profile_processed: segment.speechProfileProcessed,
    stt_provider: segment.sttProvider,
  };
}
