import type { Person } from '../model/person.ts';
import { toIso } from '../model/timestamp.ts';

/** A person as on Omi's wire. */
export interface PersonWire {
  id: string;
  name: string;
  created_at: string;
  updated_at: string;
  speech_samples: string[];
  speech_sample_transcripts: string[] | null;
  speech_samples_version: number;
}

/** The stored paths of samples never leave; `sampleUrls` are what the client may fetch instead. */
export function personToWire(person: Person, sampleUrls: readonly string[] = []): PersonWire {
  return {
    id: person.id,
    name: person.name,
    created_at: toIso(person.createdAt),
    updated_at: toIso(person.updatedAt),
    speech_samples: [...sampleUrls],
    speech_sample_transcripts: person.speechSampleTranscripts,
    speech_samples_version: person.speechSamplesVersion,
  };
}
