import { describe, expect, it } from 'vitest';
import { listenFrame } from '../../src/listen/listen-frames.ts';
import { personToWire } from '../../src/wire/person-wire.ts';

describe('speakers on the wire', () => {
  it('are suggested with four fields', () => {
    const frame = listenFrame({
      type: 'speaker-suggested',
      speakerId: 2,
      personId: '',
      personName: 'Anna',
      segmentId: 'segment',
    });
    expect(frame).toBe(
      '{"type":"speaker_label_suggestion","speaker_id":2,"person_id":"","person_name":"Anna","segment_id":"segment"}',
    );
  });

  it('are people with links to their samples', () => {
    const person = {
      id: 'p',
      name: 'Anna',
      createdAt: 0,
      updatedAt: 1_000,
      speechSamples: ['speech-profiles/u/people_profiles/p/c_s.wav'],
      speechSampleTranscripts: ['Hello.'],
      speechSamplesVersion: 3,
    };
    expect(personToWire(person, ['http://host/v1/blobs/token'])).toEqual({
      id: 'p',
      name: 'Anna',
      created_at: '1970-01-01T00:00:00.000Z',
      updated_at: '1970-01-01T00:00:01.000Z',
      speech_samples: ['http://host/v1/blobs/token'],
      speech_sample_transcripts: ['Hello.'],
      speech_samples_version: 3,
    });
  });
});
