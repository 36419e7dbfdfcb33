import { z } from 'zod';
import type { Person } from '../model/people/person.ts';
import { toIso } from '../model/timestamp.ts';

/** A person as on Omi's wire. */
export const personSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    created_at: z.string(),
    updated_at: z.string(),
    speech_samples: z.array(z.string()),
    speech_sample_transcripts: z.array(z.string()).nullable(),
    speech_samples_version: z.number(),
  })
  .meta({ id: 'Person' });
/** A person with how well the voice is known. */
export const personWithVoiceSchema = personSchema
  .extend({
    voice_learning_state: z.enum([
      'learned',
      'pending',
      'needs_more_speech',
      'disabled',
      'unknown',
    ]),
    voice_speech_seconds: z.number().nullable(),
    voice_needed_seconds: z.number().nullable(),
  })
  .meta({ id: 'PersonWithVoice' });
export type PersonWire = z.output<typeof personSchema>;

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
