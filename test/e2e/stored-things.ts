import { Readable } from 'node:stream';
import { wavHeader } from '../../src/audio/wav.ts';
import type { Context } from '../../src/context.ts';
import { recordings } from '../../src/model/conversations/recording.ts';
import { syncUploads } from '../../src/model/conversations/sync-file.ts';
import { conversationVoices } from '../../src/model/people/conversation-voice.ts';
import { unknownVoices } from '../../src/model/people/unknown-voice.ts';
import { webhookDeliveries } from '../../src/model/webhooks/webhook-delivery.ts';

/** Words that stand in everything that user A owns, and in nothing else. */
export const MARK = 'zanzibarquartz';

/** A recording of a conversation, as the server itself would keep it; its words are the mark. */
export async function recordingOf(
  context: Context,
  uid: string,
  conversationId: string,
): Promise<string> {
  const { blobs, store } = context;
  const blobKey = `recordings/${uid}/${conversationId}/one.wav`;
  const file = Buffer.concat([wavHeader(500, 8_000), Buffer.alloc(1_000, `${MARK} project `)]);
  const recording = {
    id: 'one',
    uid,
    conversationId,
    blobKey,
    codec: 'wav',
    sampleRate: 8_000,
    sampleCount: 500,
    preSkip: 0,
    durationMs: 62.5,
    byteLength: (await blobs.put(blobKey, file)).size,
    startedAt: Date.now(),
    language: 'en',
    voice: null,
    createdAt: Date.now(),
  } as const;
  await store.transact((tx) => tx.create(recordings, uid, recording));
  return recording.id;
}

/** A voice without a name that was heard in a conversation; its model is the mark. */
export async function voiceOf(
  context: Context,
  uid: string,
  conversationId: string,
): Promise<string> {
  const { store } = context;
  const now = Date.now();
  const voice = {
    id: 'voice-of-a',
    model: MARK,
    ignoredAt: null,
    createdAt: now,
    lastHeardAt: now,
  };
  await store.transact(async (tx) => {
    tx.create(unknownVoices, uid, voice);
    tx.create(conversationVoices, uid, {
      id: `${conversationId}_0`,
      conversationId,
      speaker: 0,
      model: MARK,
      vectors: [],
      speechMs: 5_000,
      clip: { startAt: now, endAt: now + 1_000 },
      recognised: null,
      rejected: [],
      ignoredAt: null,
      unknownVoiceId: voice.id,
      createdAt: now,
      updatedAt: now,
    });
  });
  return voice.id;
}

/** An upload of A's device, of which a file was refused. */
export async function uploadOf(context: Context, uid: string, name: string): Promise<string> {
  const refused = [{ name, reason: 'No time.' }];
  const upload = { id: 'upload', fileIds: [], refused, createdAt: Date.now() };
  await context.store.transact((tx) => tx.create(syncUploads, uid, upload));
  return upload.id;
}

/** An archive that A has imported. */
export async function importOf(context: Context, uid: string): Promise<string> {
  const bytes = Readable.from([Buffer.from('no archive')]);
  const archive = { name: 'export.zip', bytes };
  return (await context.limitlessImport.start(uid, archive, 'en')).id;
}

/** A delivery of A's webhook; it is not due yet. */
export async function deliveryOf(
  context: Context,
  uid: string,
  conversationId: string,
): Promise<string> {
  const delivery = {
    id: 'msg_of_a',
    endpointId: 'dev_memory_created',
    kind: 'memory_created' as const,
    subject: conversationId,
    isTest: false,
    hops: 0,
    state: 'waiting' as const,
    dueAt: Date.now() + 3_600_000,
    tries: 1,
    attempts: [],
    createdAt: Date.now(),
  };
  await context.store.transact((tx) => tx.create(webhookDeliveries, uid, delivery));
  return delivery.id;
}
