import type { BlobStore } from '../blob/blob-store.ts';
import { conversationFolder } from '../conversations/recording-keys.ts';
import type { JobRun } from '../jobs/job-run.ts';
import type { Clock } from '../kernel/clock.ts';
import { mayRecord, users } from '../model/accounts/user.ts';
import { GLOBAL } from '../model/collection.ts';
import { conversations } from '../model/conversations/conversation.ts';
import { type Recording, recordings } from '../model/conversations/recording.ts';
import {
  joinedConversations,
  type SyncFile,
  syncFiles,
  syncUploads,
} from '../model/conversations/sync-file.ts';
import { recordingFile } from '../recordings/recording-files.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { blobSource } from './blob-source.ts';
import { openDeviceFile } from './device-file.ts';
import { parseDeviceFileName } from './device-file-name.ts';
import { findJoined } from './neighbours.ts';

export interface KeepDeps {
  store: DocumentStore;
  blobs: BlobStore;
  clock: Clock;
}

/** How long the bytes of a file are kept for the speakers of files next to it, milliseconds. */
const KEEP_BYTES_MS = 60 * 60_000;
/** How long a file that failed can be looked at, and a file is known if it is sent again. */
const KEEP_FAILED_MS = 7 * 24 * 3_600_000;
const KEEP_KNOWN_MS = 90 * 24 * 3_600_000;
/** How long clients can ask about a request. */
const KEEP_UPLOADS_MS = 7 * 24 * 3_600_000;
/** An upload that is still running is not taken for one that was cut off, milliseconds. */
const KEEP_STRAYS_MS = 24 * 3_600_000;
const PAGE = 200;

/** Folder of a user's files in the blob store. */
export function syncFolder(uid: string): string {
  return `sync-files/${encodeURIComponent(uid)}/`;
}

/** Makes recordings of the files whose words are stored, if the user lets audio be kept. */
export async function keepAudio(run: JobRun, deps: KeepDeps): Promise<void> {
  const { store } = deps;
  const { uid } = run.job;
  if (!mayRecord(await store.find(users, GLOBAL, uid))) return;
  const request = { query: 'byStart', filters: { state: ['done'] } } as const;
  for await (const file of queryAll(store, syncFiles, uid, request)) {
    if (file.blobKey === null || file.conversationIds.length === 0) continue;
    if (await store.find(recordings, uid, file.id)) continue;
    run.signal.throwIfAborted();
    await keepRecording(run, deps, file);
  }
}

async function keepRecording(run: JobRun, deps: KeepDeps, file: SyncFile): Promise<void> {
  const { store, blobs, clock } = deps;
  const { uid } = run.job;
  const { id, blobKey, byteLength, durationMs, startedAt } = file;
  const conversation = await findJoined(store, uid, file.conversationIds[0] ?? '');
  const name = parseDeviceFileName(file.name, Math.max(clock.now(), startedAt));
  if (!conversation || !name.ok || blobKey === null || durationMs === null) return;
  const sound = await openDeviceFile(blobSource(blobs, blobKey, byteLength), name.file.codec);
  const audio = { readFrom: (_ms: number, signal: AbortSignal) => sound.frames(signal) };
  const whole = { startMs: 0, endMs: durationMs };
  const made = await recordingFile(audio, sound.format, whole, run.signal);
  const key = `${conversationFolder(uid, conversation.id)}${id}.${made.extension}`;
  const { size } = await blobs.put(key, made.bytes);
  const facts = made.facts();
  const recording: Recording = {
    ...facts,
    id,
    uid,
    conversationId: conversation.id,
    blobKey: key,
    durationMs: (facts.sampleCount * 1000) / facts.sampleRate,
    byteLength: size,
    startedAt,
    language: conversation.language ?? 'multi',
    voice: null,
    createdAt: clock.now(),
  };
  const isKept = await store.transact(async (tx) => {
    const current = await tx.find(conversations, uid, conversation.id);
    const user = await tx.find(users, GLOBAL, uid);
    await run.assertHeld(tx);
    if (!current || !mayRecord(user)) return false;
    const others = current.audioFiles.filter((other) => other.id !== id);
    const audioFiles = [...others, { id, uid, startedAt, durationMs: recording.durationMs }];
    audioFiles.sort((a, b) => a.startedAt - b.startedAt);
    tx.patch(conversations, uid, conversation.id, { audioFiles });
    tx.put(recordings, uid, recording);
    return true;
  });
  if (!isKept) await blobs.delete(key);
}

/**
 * Deletes what is no longer needed: bytes of files whose words are stored, old documents, and uploads that were
 * cut off. Returns when to look again, epoch milliseconds; null if nothing is left to delete.
 */
export async function cleanUp(deps: KeepDeps, uid: string): Promise<number | null> {
  const { store, clock } = deps;
  const now = clock.now();
  await store.transact(async (tx) => {
    const before = (ms: number) => ({ query: 'byAge', to: now - ms, limit: PAGE }) as const;
    const uploads = await tx.query(syncUploads, uid, before(KEEP_UPLOADS_MS));
    const joined = await tx.query(joinedConversations, uid, {
      ...before(KEEP_KNOWN_MS),
      filters: { state: 'done' },
    });
    for (const { id } of uploads.items) tx.delete(syncUploads, uid, id);
    for (const { id } of joined.items) tx.delete(joinedConversations, uid, id);
  });
  const nextAt = await cleanUpFiles(deps, uid, now);
  await deleteStrays(deps, uid, now);
  return nextAt;
}

async function cleanUpFiles(deps: KeepDeps, uid: string, now: number): Promise<number | null> {
  const { store, blobs } = deps;
  let nextAt: number | null = null;
  const request = { query: 'byAge', filters: { state: ['done', 'failed'] } } as const;
  for await (const { id, blobKey, state, settledAt, createdAt } of queryAll(
    store,
    syncFiles,
    uid,
    request,
  )) {
    if (blobKey === null) continue;
    const dueAt = (settledAt ?? createdAt) + (state === 'failed' ? KEEP_FAILED_MS : KEEP_BYTES_MS);
    if (dueAt > now) {
      nextAt = Math.min(nextAt ?? dueAt, dueAt);
      continue;
    }
    await blobs.delete(blobKey);
    const after = state === 'done' ? { state: 'known' as const } : {};
    await store.transact((tx) => tx.patch(syncFiles, uid, id, { blobKey: null, ...after }));
  }
  await store.transact(async (tx) => {
    const filters = { state: ['known', 'failed'] as const };
    const to = now - KEEP_KNOWN_MS;
    const { items } = await tx.query(syncFiles, uid, { query: 'byAge', filters, to, limit: PAGE });
    for (const { id, blobKey } of items) if (blobKey === null) tx.delete(syncFiles, uid, id);
  });
  return nextAt;
}

/** Deletes bytes that no document names: the process died while they were sent. */
async function deleteStrays({ store, blobs }: KeepDeps, uid: string, now: number): Promise<void> {
  const old: string[] = [];
  for await (const { key, storedAt } of blobs.list(syncFolder(uid))) {
    if (storedAt < now - KEEP_STRAYS_MS) old.push(key);
  }
  if (old.length === 0) return;
  const named = new Set<string>();
  const request = { query: 'byAge' } as const;
  for await (const { blobKey } of queryAll(store, syncFiles, uid, request)) {
    if (blobKey !== null) named.add(blobKey);
  }
  for (const key of old) if (!named.has(key)) await blobs.delete(key);
}
