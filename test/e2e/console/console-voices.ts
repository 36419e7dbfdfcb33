import {
  conversationVoiceId,
  conversationVoices,
} from '../../../src/model/people/conversation-voice.ts';
import { people } from '../../../src/model/people/person.ts';
import { unknownVoices } from '../../../src/model/people/unknown-voice.ts';
import { personFolder } from '../../../src/speakers/speech-keys.ts';
import type { TestServer } from '../test-server.ts';

/** Gives Ben a sample of his voice, and the world a voice that nobody has named yet. */
export async function fillConsoleVoices(server: TestServer, now: number): Promise<void> {
  const { uid, context } = server;
  await context.store.transact((tx) => {
    tx.patch(people, uid, 'ben', {
      speechSamples: [`${personFolder(uid, 'ben')}sample.wav`],
      speechSampleTranscripts: ['I have asked the brass band, they are free on both days.'],
      speechSamplesVersion: 3,
    });
    tx.create(unknownVoices, uid, {
      id: 'alto',
      model: 'test',
      ignoredAt: null,
      createdAt: now,
      lastHeardAt: now,
    });
    for (const [conversationId, speaker] of [
      ['choir', 3],
      ['physio', 1],
    ] as const) {
      tx.create(conversationVoices, uid, {
        id: conversationVoiceId(conversationId, speaker),
        conversationId,
        speaker,
        model: 'test',
        vectors: [],
        speechMs: 74_000,
        clip: { startAt: now - 20_000, endAt: now - 16_000 },
        recognised: null,
        rejected: [],
        ignoredAt: null,
        unknownVoiceId: 'alto',
        createdAt: now,
        updatedAt: now,
      });
    }
  });
}
