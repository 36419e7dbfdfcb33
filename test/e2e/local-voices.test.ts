import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeWav } from '../../src/audio/wav.ts';
import { conversations } from '../../src/model/conversations/conversation.ts';
import { loadTranscript } from '../../src/transcripts/transcript.ts';
import { joinedClips, spokenClip, TINY_SPEAKER, TINY_STREAMING } from '../fixtures/spoken-clips.ts';
import { ListenClient } from './listen-client.ts';
import { pcmFrames, play } from './play-audio.ts';
import { startTestServer, type TestServer } from './test-server.ts';

const PAUSE_MS = 1_500;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ STT_LOCAL_MODEL: TINY_STREAMING, VOICE_MODEL: TINY_SPEAKER });
});
afterAll(() => server.stop());

interface Account {
  uid: string;
  token: string;
}

async function signUp(name: string): Promise<Account> {
  const { accounts } = server.context;
  const { id } = await accounts.createUser(name);
  return { uid: id, token: (await accounts.createToken(id, 'test')).token };
}

/** Streams clips, ends the conversation and returns it with its segments. */
async function converse(me: Account, clips: readonly string[], query: Record<string, string> = {}) {
  const { pcm } = joinedClips(clips.map(spokenClip), PAUSE_MS);
  const client = await ListenClient.connect(server.wsUrl, me.token, {
    language: 'en',
    codec: 'pcm16',
    sample_rate: '16000',
    ...query,
  });
  await client.ready();
  await play(client.socket, pcmFrames(pcm, 16_000), 12);
  const ended = await server.api('POST', '/v1/conversations', {}, me.token);
  expect(ended.status).toBe(200);
  const { id } = (ended.body as { conversation: { id: string } }).conversation;
  await client.close();
  const { store } = server.context;
  const conversation = await store.find(conversations, me.uid, id);
  if (!conversation) throw new Error('conversation is gone');
  const segments = await loadTranscript(store, me.uid, conversation);
  return { id, client, segments };
}

/** A recording of one voice, as the app uploads it. */
function recording(clips: readonly string[]): FormData {
  const { pcm } = joinedClips(clips.map(spokenClip), 100);
  const samples = new Int16Array(pcm.buffer, pcm.byteOffset, pcm.byteLength >> 1);
  const form = new FormData();
  form.append('file', new Blob([Uint8Array.from(encodeWav(samples, 16_000))]), 'profile.wav');
  return form;
}

async function enrol(me: Account, clips: readonly string[]): Promise<void> {
  const answer = await fetch(`${server.url}/v3/upload-audio`, {
    method: 'POST',
    headers: { authorization: `Bearer ${me.token}` },
    body: recording(clips),
  });
  expect(answer.status).toBe(200);
}

describe('voices without a vendor', () => {
  it('tells the speakers of a stream apart', async () => {
    const me = await signUp('two-voices');
    const { segments } = await converse(me, ['slt-1', 'rms-1', 'slt-2', 'rms-2']);
    const speakers = segments.map(({ speaker }) => speaker);
    expect(speakers.length).toBeGreaterThanOrEqual(4);
    const said = (speaker: string) =>
      segments.filter((segment) => segment.speaker === speaker).length;
    expect(new Set(speakers)).toEqual(new Set(['SPEAKER_0', 'SPEAKER_1']));
    expect(said('SPEAKER_0')).toBe(2);
    expect(said('SPEAKER_1')).toBe(2);
  });

  it('recognises the owner by the profile, in words that were stored before', async () => {
    const me = await signUp('enrolled');
    await enrol(me, ['slt-1', 'slt-2', 'slt-3']);
    const { segments } = await converse(me, ['dialogue-1', 'slt-3', 'rms-3', 'rms-1', 'slt-1']);
    const label = segments[0]?.speaker;
    for (const segment of segments) expect(segment.isUser).toBe(segment.speaker === label);
    expect(new Set(segments.map(({ speaker }) => speaker)).size).toBe(2);
  });
});

interface SpeakerClip {
  conversation_id: string;
  speaker_id: number;
  talk_seconds: number;
  segment_ids: string[];
  clip_start: number;
  clip_end: number;
}

interface Unknown {
  id: string;
  heard_in: SpeakerClip[];
}

async function get<T>(me: Account, path: string): Promise<T> {
  const { status, body } = await server.api('GET', path, undefined, me.token);
  expect(status, path).toBe(200);
  return body as T;
}

async function post<T>(me: Account, path: string, given: unknown, expected = 200): Promise<T> {
  const { status, body } = await server.api('POST', path, given, me.token);
  expect(status, `${path} ${JSON.stringify(body)}`).toBe(expected);
  return body as T;
}

async function unknownOf(me: Account): Promise<Unknown[]> {
  return (await get<{ voices: Unknown[] }>(me, '/v1/voices/unknown')).voices;
}

async function segmentsOf(me: Account, id: string) {
  const { transcript_segments: segments } = await get<{
    transcript_segments: { id: string; speaker_id: number; person_id: string | null }[];
  }>(me, `/v1/conversations/${id}`);
  return segments;
}

/** Says who speaks in segments, and waits until that is learned. */
async function assign(me: Account, id: string, segmentIds: string[], person: string | null) {
  const path = `/v1/conversations/${id}/segments/assign-bulk`;
  const body = { segment_ids: segmentIds, assign_type: 'person_id', value: person };
  expect((await server.api('PATCH', path, body, me.token)).status).toBe(200);
}

describe('voices without a name', () => {
  it('are collected over conversations, named, and named in what they said before', async () => {
    const me = await signUp('collecting');
    const first = await converse(me, ['rms-1', 'slt-1', 'rms-2', 'slt-2', 'rms-3', 'slt-3']);
    const second = await converse(me, ['slt-3', 'slt-1', 'slt-2']);
    const voices = await unknownOf(me);
    expect(voices.map(({ heard_in }) => heard_in.length).sort()).toEqual([1, 2]);
    const slt = voices.find(({ heard_in }) => heard_in.length === 2);
    expect(new Set(slt?.heard_in.map(({ conversation_id }) => conversation_id))).toEqual(
      new Set([first.id, second.id]),
    );
    for (const { clip_start, clip_end } of slt?.heard_in ?? []) {
      expect(clip_end - clip_start).toBeGreaterThan(1);
      expect(clip_start).toBeGreaterThanOrEqual(0);
    }

    const body = { name: 'Sally', rename_earlier: true };
    const sally = await post<{ id: string }>(me, `/v1/voices/unknown/${slt?.id}/name`, body);
    const spoken = await segmentsOf(me, first.id);
    const named = spoken.filter(({ person_id }) => person_id === sally.id);
    expect(new Set(named.map(({ speaker_id }) => speaker_id)).size).toBe(1);
    expect(named.length).toBe(spoken.length / 2);
    for (const { person_id } of await segmentsOf(me, second.id)) expect(person_id).toBe(sally.id);
    expect((await unknownOf(me)).length).toBe(1);

    // She is recognised from now on.
    const third = await converse(me, ['slt-2', 'slt-1', 'slt-3'], {
      speaker_auto_assign: 'enabled',
    });
    for (const { person_id } of await segmentsOf(me, third.id)) expect(person_id).toBe(sally.id);
    const { voice_learning_state } = await get<{ voice_learning_state: string }>(
      me,
      `/v1/users/people/${sally.id}`,
    );
    expect(voice_learning_state).toBe('learned');
  });

  it('can be ignored, taken back and forgotten', async () => {
    const me = await signUp('ignoring');
    await converse(me, ['ked-1', 'ked-2', 'ked-1', 'ked-2']);
    const [voice] = await unknownOf(me);
    await post(me, `/v1/voices/unknown/${voice?.id}/ignore`, undefined);
    expect(await unknownOf(me)).toEqual([]);
    const path = `/v1/voices/unknown/${voice?.id}`;
    expect((await server.api('DELETE', `${path}/ignore`, undefined, me.token)).status).toBe(200);
    expect((await unknownOf(me)).length).toBe(1);
    expect((await server.api('DELETE', path, undefined, me.token)).status).toBe(204);
    expect(await unknownOf(me)).toEqual([]);
    expect((await server.api('DELETE', path, undefined, me.token)).status).toBe(404);
  });

  it('are not kept if the user does not want that', async () => {
    const me = await signUp('declining');
    const path = '/v1/users/voice-profile-settings';
    const off = { save_other_voice_profiles: false };
    expect((await server.api('PATCH', path, off, me.token)).status).toBe(200);
    const { segments } = await converse(me, ['rms-1', 'slt-1', 'rms-2', 'rms-3']);
    expect(new Set(segments.map(({ speaker }) => speaker)).size).toBe(2);
    expect(await unknownOf(me)).toEqual([]);
  });
});

describe('corrections', () => {
  it('move what was learned to whom it belongs to, and back', async () => {
    const me = await signUp('moving');
    const { id } = await converse(me, ['slt-1', 'slt-2', 'slt-3']);
    const ids = (await segmentsOf(me, id)).map((segment) => segment.id);
    const people = ['Anna', 'Beth'].map((name) =>
      post<{ id: string }>(me, '/v1/users/people', { name }),
    );
    const [anna, beth] = await Promise.all(people);
    const learned = async (person: string | undefined) => {
      const path = `/v1/users/people/${person}`;
      const found = await get<{ voice_speech_seconds: number }>(me, path);
      return found.voice_speech_seconds > 3;
    };
    for (const person of [anna, beth, null, anna]) {
      await assign(me, id, ids, person?.id ?? null);
      await expect.poll(() => learned(anna?.id)).toBe(person === anna);
      await expect.poll(() => learned(beth?.id)).toBe(person === beth);
    }
    // The voice goes with the person.
    const path = `/v1/users/people/${anna?.id}`;
    expect((await server.api('DELETE', path, undefined, me.token)).status).toBe(204);
    expect(await server.context.voicePrints.load(me.uid, new AbortController().signal)).toEqual([]);
  });

  it('find the person in earlier conversations, and take a rejection for an answer', async () => {
    const me = await signUp('matching');
    const first = await converse(me, ['slt-1', 'slt-2', 'slt-3']);
    const second = await converse(me, ['slt-3', 'slt-2', 'rms-1', 'rms-2', 'rms-3']);
    const person = await post<{ id: string }>(me, '/v1/users/people', { name: 'Sally' });
    const path = `/v1/users/people/${person.id}/voice-matches`;
    const matches = async () =>
      (await get<{ matches: (SpeakerClip & { match_level: string })[] }>(me, path)).matches;
    expect(await matches()).toEqual([]);
    const ids = (await segmentsOf(me, first.id)).map((segment) => segment.id);
    await assign(me, first.id, ids, person.id);
    await expect.poll(async () => (await matches()).length).toBe(1);
    const [match] = await matches();
    expect(match).toMatchObject({ conversation_id: second.id, match_level: 'strong' });
    // Inside the other conversation she is suggested for that speaker, and for no other.
    const { speakers } = await get<{
      speakers: { speaker_id: number; suggested_person_ids: string[]; talk_seconds: number }[];
    }>(me, `/v1/conversations/${second.id}/speakers`);
    const suggested = speakers.filter(({ suggested_person_ids: ids }) => ids.includes(person.id));
    expect(suggested).toHaveLength(1);
    expect(suggested[0]?.talk_seconds).toBeGreaterThan(1);
    // A proposal that was rejected does not come back, and the name is not given.
    const guessed = `/v1/conversations/${second.id}/speakers/${match?.speaker_id}/reject`;
    await post(me, guessed, { kind: 'not_person', person_id: person.id });
    await expect.poll(async () => (await matches()).length).toBe(0);

    const speaker = `/v1/conversations/${first.id}/speakers/${0}/reject`;
    const rejection = { kind: 'not_person', person_id: person.id };
    const cleared = await post<{ transcript_segments: { person_id: string | null }[] }>(
      me,
      speaker,
      rejection,
    );
    for (const { person_id } of cleared.transcript_segments) expect(person_id).toBeNull();
    await post(me, speaker, rejection, 409);
    await post(me, speaker, { kind: 'not_person' }, 422);
    await post(me, `/v1/conversations/${first.id}/speakers/7/reject`, rejection, 404);
    await expect.poll(async () => (await matches()).length).toBe(0);
  });
});

describe('speaker tag prompts', () => {
  interface Prompt {
    id: string;
    kind: string;
    origin: string;
    conversation_id: string;
    speaker_id: number;
    segment_ids: string[];
    clip_start: number;
    clip_end: number;
    excerpt: string;
    suggested_person_id: string | null;
  }
  interface Prompts {
    prompts: Prompt[];
    status: string;
    first_time: boolean;
    next_eligible_at: string | null;
  }
  const PATH = '/v1/speaker-tag-prompts';

  it('ask who somebody is, do what the user says, and wait', async () => {
    const me = await signUp('asking');
    await post(me, '/v1/users/store-recording-permission?value=true', undefined);
    expect(await get<Prompts>(me, PATH)).toMatchObject({ prompts: [], status: 'no_candidates' });
    const { id } = await converse(me, ['slt-1', 'rms-1', 'slt-2', 'rms-2', 'slt-3', 'rms-3']);
    const { prompts, first_time } = await get<Prompts>(me, PATH);
    expect(first_time).toBe(true);
    expect(prompts.length).toBe(2);
    const [one, other] = prompts;
    expect(one).toMatchObject({ kind: 'identify', origin: 'unnamed', conversation_id: id });
    expect(one?.excerpt.length).toBeGreaterThan(10);

    const { clip_start: start, clip_end: end } = one ?? { clip_start: 0, clip_end: 0 };
    const place = `${PATH}/clip?conversation_id=${id}&start=${start}&end=${end}`;
    // The recording is written after the conversation has ended.
    const found = async () => (await server.api('GET', place, undefined, me.token)).status;
    await expect.poll(found).toBe(200);
    const clip = await get<{ audio_base64: string; duration_seconds: number }>(me, place);
    const long = `${PATH}/clip?conversation_id=${id}&start=0&end=12.5`;
    expect((await server.api('GET', long, undefined, me.token)).status).toBe(400);
    expect(Buffer.from(clip.audio_base64, 'base64').toString('latin1', 0, 4)).toBe('RIFF');
    expect(clip.duration_seconds).toBeCloseTo(end - start, 1);

    const answer = (prompt: Prompt | undefined, given: object) => ({
      prompt_id: prompt?.id,
      kind: prompt?.kind,
      origin: prompt?.origin,
      conversation_id: id,
      speaker_id: prompt?.speaker_id,
      segment_ids: prompt?.segment_ids,
      person_id: null,
      name: null,
      suggested_person_id: null,
      first_time: true,
      ...given,
    });
    await post(me, `${PATH}/answer`, answer(one, { answer: 'not_me' }), 400);
    await post(me, `${PATH}/answer`, answer(one, { answer: 'person' }), 400);
    await post(me, `${PATH}/answer`, answer(one, { answer: 'new_person' }), 400);
    const named = await post<{ person_id: string; quality_outcome: string }>(
      me,
      `${PATH}/answer`,
      answer(one, { answer: 'new_person', name: 'Carla' }),
    );
    expect(named.quality_outcome).toBe('person_not_enrolled');
    const ignored = await post<{ quality_outcome: string }>(
      me,
      `${PATH}/answer`,
      answer(other, { answer: 'not_a_person' }),
    );
    expect(ignored.quality_outcome).toBe('unknown_voice');
    for (const { speaker_id, person_id } of await segmentsOf(me, id)) {
      expect(person_id).toBe(speaker_id === one?.speaker_id ? named.person_id : null);
    }
    const { voices } = await get<{ voices: { speaker_id: number }[] }>(
      me,
      `${PATH}/ignored-voices`,
    );
    expect(voices.map(({ speaker_id }) => speaker_id)).toEqual([other?.speaker_id]);
    const restored = `${PATH}/ignored-voices/${id}/${other?.speaker_id}`;
    expect((await server.api('DELETE', restored, undefined, me.token)).status).toBe(204);
    expect((await server.api('DELETE', restored, undefined, me.token)).status).toBe(404);

    const shown = { prompt_ids: [one?.id] };
    expect(await post(me, `${PATH}/shown`, shown)).toEqual({ first_time: true });
    expect(await post(me, `${PATH}/shown`, shown)).toEqual({ first_time: false });
    expect((await get<Prompts>(me, PATH)).status).toBe('cooldown');
    await post(me, `${PATH}/dismiss`, undefined, 204);
    const off = { speaker_tag_prompts_enabled: false };
    const path = '/v1/users/voice-profile-settings';
    expect((await server.api('PATCH', path, off, me.token)).status).toBe(200);
    expect((await get<Prompts>(me, PATH)).status).toBe('disabled');
    await post(me, `${PATH}/shown`, { prompt_ids: [], more: 1 }, 422);
  });
});
