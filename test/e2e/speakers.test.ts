import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { encodeWav, parseWav } from '../../src/audio/wav.ts';
import { conversations } from '../../src/model/conversations/conversation.ts';
import type { TranscriptSegment } from '../../src/model/conversations/transcript-segment.ts';
import { loadTranscript } from '../../src/transcripts/transcript.ts';
import { type SyntheticSpeech, synthesise, type Utterance } from '../fixtures/speech-synthesis.ts';
import { DeepgramSimulator } from '../simulators/deepgram-simulator.ts';
import { SpeechRecogniser } from '../simulators/speech-recogniser.ts';
import { ListenClient, type WireSegment } from './listen-client.ts';
import { opusFrames, pcmFrames, play } from './play-audio.ts';
import { startTestServer, type TestServer } from './test-server.ts';

/** Voice 3 is the owner's. */
const OWN_VOICE = 3;
const TALK: Utterance[] = [
  { speaker: 1, text: 'Good morning. We should talk about the harvest festival.' },
  { speaker: OWN_VOICE, text: 'I will book the brass band tomorrow.' },
  { speaker: 6, text: 'They play until midnight, and they are never on time.' },
  { speaker: 1, text: 'Wonderful. Please order twelve wooden tables.' },
  { speaker: OWN_VOICE, text: 'The carpenter has only ten of them.' },
];
const SPEECH = synthesise(TALK, { leadMs: 700 });
const PANGRAM = 'The quick brown fox jumps over the lazy dog every single day.';
const PROFILE = synthesise([{ speaker: OWN_VOICE, text: `${PANGRAM} ${PANGRAM}` }]);

let simulator: DeepgramSimulator;
let server: TestServer;
beforeAll(async () => {
  simulator = await DeepgramSimulator.start();
  server = await startTestServer({
    DEEPGRAM_API_KEY: 'test-key',
    DEEPGRAM_BASE_URL: simulator.url,
  });
});
afterAll(async () => {
  await server.stop();
  await simulator.close();
});
let client: ListenClient | undefined;
afterEach(async () => {
  simulator.faults.splice(0);
  await client?.close();
  client = undefined;
  await server.api('POST', '/v1/conversations', {});
});

interface Account {
  uid: string;
  token: string;
}

async function signUp(name: string): Promise<Account> {
  const { accounts } = server.context;
  const { id } = await accounts.createUser(name);
  return { uid: id, token: (await accounts.createToken(id, 'test')).token };
}

async function uploadProfile({ token }: Account): Promise<void> {
  const form = new FormData();
  form.append('file', new Blob([Buffer.from(encodeWav(PROFILE.samples, 16_000))]), 'me.wav');
  const response = await fetch(`${server.url}/v3/upload-audio`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: form,
  });
  expect(response.status).toBe(200);
}

async function connect(
  account: Account,
  query: Record<string, string> = {},
): Promise<ListenClient> {
  client = await ListenClient.connect(server.wsUrl, account.token, {
    sample_rate: '16000',
    codec: 'pcm16',
    speaker_auto_assign: 'enabled',
    ...query,
  });
  await client.ready();
  return client;
}

/** Plays a talk and waits until its last words are there, which nobody has said before. */
async function say(
  to: ListenClient,
  speech: SyntheticSpeech,
  frames = pcmFrames(speech.pcm, 16_000),
): Promise<void> {
  const last = speech.words.slice(-3).map(({ text }) => text);
  await play(to.socket, frames, 8);
  await to.until(() => to.text().includes(last.join(' ')));
}

/** Ends the conversation and answers it as it is stored. */
async function finish({ uid, token }: Account) {
  const ended = await server.api('POST', '/v1/conversations', {}, token);
  expect(ended.status).toBe(200);
  const { id } = (ended.body as { conversation: { id: string } }).conversation;
  return { id, segments: await stored(uid, id) };
}

async function stored(uid: string, id: string): Promise<TranscriptSegment[]> {
  const { store } = server.context;
  const conversation = await store.find(conversations, uid, id);
  if (!conversation) throw new Error('conversation is gone');
  return loadTranscript(store, uid, conversation);
}

/** Words by who said them, in the order of the talk. */
function byWhom(segments: readonly TranscriptSegment[], speech: SyntheticSpeech) {
  const who = new Map<number, Set<string>>();
  const words = segments.flatMap((segment) => segment.words.map((word) => ({ word, segment })));
  expect(words.map(({ word }) => word.text)).toEqual(speech.words.map(({ text }) => text));
  const origin = speech.words[0]?.startMs ?? 0;
  for (const [i, { word, segment }] of words.entries()) {
    const said = speech.words[i];
    if (!said) throw new Error('more words than were said');
    expect(Math.abs(word.startMs - (said.startMs - origin))).toBeLessThanOrEqual(100);
    expect(Math.abs(word.endMs - (said.endMs - origin))).toBeLessThanOrEqual(100);
    const name = segment.isUser ? 'me' : (segment.personId ?? 'unknown');
    who.set(said.speaker, (who.get(said.speaker) ?? new Set()).add(name));
  }
  return Object.fromEntries([...who].map(([speaker, names]) => [speaker, [...names].join()]));
}

function suggestions(of: ListenClient) {
  return of.events.filter((event) => event.type === 'speaker_label_suggestion');
}

/** Reads until a condition holds of what is read. */
async function eventually<T>(read: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  for (let i = 0; i < 200; i += 1) {
    const value = await read();
    if (holds(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`Gave up waiting: ${holds.toString()}`);
}

describe('the owner among the speakers', () => {
  it.each([
    ['pcm16', () => pcmFrames(SPEECH.pcm, 16_000)],
    ['opus_fs320', () => opusFrames(SPEECH.pcm)],
  ] as const)('is found by the speech profile: %s', async (codec, frames) => {
    const me = await signUp(`owner-${codec}`);
    await uploadProfile(me);
    const live = await connect(me, { codec });
    await say(live, SPEECH, frames());
    const { segments } = await finish(me);
    expect(byWhom(segments, SPEECH)).toEqual({ 1: 'unknown', 3: 'me', 6: 'unknown' });
    // What the client saw live says the same, and it was told why.
    for (const segment of live.segments.values()) {
      const kept = segments.find(({ id }) => id === segment.id);
      expect(segment.is_user).toBe(kept?.isUser);
    }
    const told = suggestions(live);
    expect(told.length).toBeGreaterThan(0);
    const own = new Set([...live.segments.values()].filter((s) => s.is_user).map((s) => s.id));
    for (const suggestion of told) {
      expect(suggestion).toMatchObject({ person_id: 'user', person_name: 'User' });
      expect(own.has(String(suggestion.segment_id))).toBe(true);
    }
    expect(new Set(told.map((s) => s.segment_id)).size).toBe(told.length);
  });

  it('is found again when the provider hangs up', async () => {
    const me = await signUp('hang-up');
    await uploadProfile(me);
    simulator.faults.push(
      { kind: 'drop', afterAudioMs: 4_000 },
      { kind: 'close', afterAudioMs: 14_000, code: 1011, reason: 'internal' },
    );
    const live = await connect(me);
    await say(live, SPEECH);
    const { segments } = await finish(me);
    expect(byWhom(segments, SPEECH)).toEqual({ 1: 'unknown', 3: 'me', 6: 'unknown' });
  });

  it('is not looked for without a profile, or where the client does not want it', async () => {
    const me = await signUp('no-profile');
    await say(await connect(me), SPEECH);
    const without = await finish(me);
    expect(byWhom(without.segments, SPEECH)).toEqual({ 1: 'unknown', 3: 'unknown', 6: 'unknown' });
    await client?.close();

    await uploadProfile(me);
    const live = await connect(me, { include_speech_profile: 'false' });
    await say(live, SPEECH);
    const unwanted = await finish(me);
    expect(byWhom(unwanted.segments, SPEECH)).toMatchObject({ 3: 'unknown' });
    expect(suggestions(live)).toEqual([]);
  });
});

describe('somebody who introduces themselves', () => {
  const INTRODUCTION = synthesise([
    { speaker: 0, text: 'Who are you and what do you want from us here?' },
    { speaker: 1, text: "Hello, I'm Anna from the bakery." },
  ]);

  it('becomes a person, and is suggested for their segment', async () => {
    const me = await signUp('introduced');
    const live = await connect(me);
    await say(live, INTRODUCTION);
    await live.until(() => suggestions(live).length > 0);
    const { body } = await server.api('GET', '/v1/users/people', undefined, me.token);
    const [anna] = body as { id: string; name: string }[];
    expect(body).toHaveLength(1);
    expect(anna?.name).toBe('Anna');
    const spoken = [...live.segments.values()].find((s) => s.text.includes('Anna'));
    expect(suggestions(live)).toEqual([
      {
        type: 'speaker_label_suggestion',
        speaker_id: 1,
        person_id: anna?.id,
        person_name: 'Anna',
        segment_id: spoken?.id,
      },
    ]);
    await say(live, synthesise([{ speaker: 1, text: 'We have fresh bread and rolls today.' }]));
    const { segments } = await finish(me);
    for (const segment of segments) {
      expect(segment.personId).toBe(segment.speaker === 'SPEAKER_1' ? anna?.id : null);
    }
  });

  it('is suggested without an id where the client does not assign by itself', async () => {
    const me = await signUp('asking');
    const live = await connect(me, { speaker_auto_assign: 'disabled' });
    await say(live, INTRODUCTION);
    await live.until(() => suggestions(live).length > 0);
    expect(suggestions(live)).toMatchObject([{ person_id: '', person_name: 'Anna' }]);
  });
});

describe('what the user says about the speakers', () => {
  const part = (...utterances: Utterance[]) => synthesise(utterances);
  const OTHERS = { speaker: 0, text: 'Let us see what there is to be done before the winter.' };
  const ANNAS = {
    speaker: 1,
    text: 'The roof of the old barn has to be mended before snow falls.',
  };
  const MORE = { speaker: 1, text: 'And somebody should look after the chimney too.' };
  const LATER = { speaker: 1, text: 'I know a man who sweeps them every autumn.' };
  const LAST = { speaker: 1, text: 'He lives beyond the river with his seven dogs.' };

  const of = (live: ListenClient, speaker: string): WireSegment[] =>
    [...live.segments.values()].filter((segment) => segment.speaker === speaker);

  async function assign(me: Account, conversationId: string, ids: string[], value: string | null) {
    const { status } = await server.api(
      'PATCH',
      `/v1/conversations/${conversationId}/segments/assign-bulk`,
      { segment_ids: ids, assign_type: 'person_id', value },
      me.token,
    );
    expect(status).toBe(200);
  }

  async function currentId(me: Account): Promise<string> {
    const { body } = await server.api(
      'GET',
      '/v1/conversations?statuses=in_progress',
      undefined,
      me.token,
    );
    return (body as { id: string }[])[0]?.id ?? '';
  }

  async function person(me: Account, name: string): Promise<string> {
    const { body } = await server.api('POST', '/v1/users/people', { name }, me.token);
    return (body as { id: string }).id;
  }

  const samplesOf = async (me: Account, id: string) => {
    const route = `/v1/users/people/${id}?include_speech_samples=true`;
    const { body } = await server.api('GET', route, undefined, me.token);
    return body as { speech_samples: string[]; speech_sample_transcripts: string[] | null };
  };

  it('holds for the rest of the conversation, over a reconnect, until it is taken back', async () => {
    const me = await signUp('correcting');
    const anna = await person(me, 'Anna');
    let live = await connect(me);
    await say(live, part(OTHERS, ANNAS));
    const id = await currentId(me);
    await assign(
      me,
      id,
      of(live, 'SPEAKER_1').map((s) => s.id),
      anna,
    );
    await say(live, part(OTHERS, MORE));
    for (const segment of of(live, 'SPEAKER_1')) expect(segment.person_id).toBe(anna);
    for (const segment of of(live, 'SPEAKER_0')) expect(segment.person_id).toBeNull();

    await live.close();
    live = await connect(me);
    await say(live, part(OTHERS, LATER));
    expect(await currentId(me)).toBe(id);
    // Anna was learned meanwhile and comes first in this stream; she is still speaker 1.
    for (const segment of live.segments.values()) {
      const isAnnas = !segment.text.includes('winter');
      expect(segment.speaker).toBe(isAnnas ? 'SPEAKER_1' : 'SPEAKER_0');
      expect(segment.person_id).toBe(isAnnas ? anna : null);
    }

    const all = (await stored(me.uid, id)).filter((s) => s.speaker === 'SPEAKER_1');
    await assign(
      me,
      id,
      all.map((s) => s.id),
      null,
    );
    await say(live, part(OTHERS, LAST));
    const { segments } = await finish(me);
    expect(segments.map((segment) => segment.personId)).toEqual(segments.map(() => null));
  });

  it('does not rename a speaker for the sake of one segment of many', async () => {
    const me = await signUp('one-of-many');
    const anna = await person(me, 'Anna');
    const live = await connect(me);
    await say(live, part(ANNAS, OTHERS, MORE, OTHERS, LATER));
    const id = await currentId(me);
    const [first] = of(live, 'SPEAKER_0');
    await assign(me, id, [first?.id ?? ''], anna);
    await say(live, part(OTHERS, LAST));
    const { segments } = await finish(me);
    expect(segments.filter((s) => s.personId === anna).map((s) => s.id)).toEqual([first?.id]);
  });

  it('is said over the socket too', async () => {
    const me = await signUp('socket');
    const anna = await person(me, 'Anna');
    let live = await connect(me);
    await say(live, part(OTHERS, ANNAS));
    const id = await currentId(me);
    live.socket.send(
      JSON.stringify({
        type: 'speaker_assigned',
        speaker_id: 1,
        person_id: anna,
        person_name: 'Anna',
        segment_ids: of(live, 'SPEAKER_1').map((s) => s.id),
      }),
    );
    await say(live, part(OTHERS, MORE));
    expect(of(live, 'SPEAKER_1').at(-1)?.person_id).toBe(anna);
    await live.close();
    live = await connect(me);
    await say(live, part(OTHERS, LATER));
    expect(await currentId(me)).toBe(id);
    for (const segment of of(live, 'SPEAKER_1')) expect(segment.person_id).toBe(anna);
  });

  it('overrules the speech profile', async () => {
    const me = await signUp('overruling');
    await uploadProfile(me);
    const own = { speaker: OWN_VOICE, text: 'I have never seen such a thing in all my life.' };
    const live = await connect(me);
    await say(live, part(own, OTHERS));
    const id = await currentId(me);
    const mine = [...live.segments.values()].filter((segment) => segment.is_user);
    expect(mine.length).toBeGreaterThan(0);
    await assign(
      me,
      id,
      mine.map((s) => s.id),
      null,
    );
    await say(live, part(own, MORE));
    const { segments } = await finish(me);
    expect(segments.some((segment) => segment.isUser)).toBe(false);
  });

  it('is learned: the person is known in the next conversation, until it is taken back', async () => {
    const me = await signUp('learning');
    const anna = await person(me, 'Anna');
    let live = await connect(me);
    await say(live, part(OTHERS, ANNAS));
    const id = await currentId(me);
    const ids = of(live, 'SPEAKER_1').map((s) => s.id);
    await assign(me, id, ids, anna);
    const learned = await eventually(
      () => samplesOf(me, anna),
      (found) => found.speech_samples.length > 0,
    );
    expect(learned.speech_sample_transcripts?.[0]).toBe(ANNAS.text);
    await finish(me);
    await live.close();

    // Another voice speaks first now, so that the number of Anna's is another one.
    const next = part({ speaker: 5, text: 'Is there any coffee left in the kitchen?' }, MORE);
    live = await connect(me);
    await say(live, next);
    const second = await finish(me);
    expect(byWhom(second.segments, next)).toEqual({ 5: 'unknown', 1: anna });
    expect(suggestions(live)).toMatchObject([{ person_id: anna, person_name: 'Anna' }]);
    await live.close();

    await assign(me, id, ids, null);
    await eventually(
      () => samplesOf(me, anna),
      (found) => found.speech_samples.length === 0,
    );
    live = await connect(me);
    await say(live, next);
    const third = await finish(me);
    expect(byWhom(third.segments, next)).toEqual({ 5: 'unknown', 1: 'unknown' });
  });

  it('moves a sample from who was named wrongly, and keeps none of who does not want it', async () => {
    const me = await signUp('moving');
    const [anna, berta] = [await person(me, 'Anna'), await person(me, 'Berta')];
    const live = await connect(me);
    await say(live, part(OTHERS, ANNAS));
    const id = await currentId(me);
    const ids = of(live, 'SPEAKER_1').map((s) => s.id);
    await assign(me, id, ids, anna);
    await eventually(
      () => samplesOf(me, anna),
      (found) => found.speech_samples.length === 1,
    );
    await assign(me, id, ids, berta);
    await eventually(
      () => samplesOf(me, berta),
      (found) => found.speech_samples.length === 1,
    );
    expect((await samplesOf(me, anna)).speech_samples).toEqual([]);

    await server.api('POST', '/v1/users/private-cloud-sync?value=false', undefined, me.token);
    await assign(me, id, ids, anna);
    await eventually(
      () => samplesOf(me, berta),
      (found) => found.speech_samples.length === 0,
    );
    expect((await samplesOf(me, anna)).speech_samples).toEqual([]);
  });

  it('is learned from a recording where the audio log is gone', async () => {
    const me = await signUp('recorded');
    const allow = '/v1/users/store-recording-permission?value=true';
    await server.api('POST', allow, undefined, me.token);
    const anna = await person(me, 'Anna');
    const live = await connect(me);
    await say(live, part(OTHERS, ANNAS));
    const { id, segments } = await finish(me);
    await live.close();
    await eventually(
      async () => (await server.api('GET', `/v1/conversations/${id}`, undefined, me.token)).body,
      (body) => (body as { audio_files: unknown[] }).audio_files.length > 0,
    );
    const ids = segments.filter((s) => s.speaker === 'SPEAKER_1').map((s) => s.id);
    await assign(me, id, ids, anna);
    const { speech_samples: samples } = await eventually(
      () => samplesOf(me, anna),
      (found) => found.speech_samples.length > 0,
    );
    const wav = parseWav(new Uint8Array(await (await fetch(samples[0] ?? '')).arrayBuffer()));
    const heard = new SpeechRecogniser(wav.sampleRate, null).push(
      Int16Array.from([...wav.samples, ...new Int16Array(wav.sampleRate)]),
    );
    expect(ANNAS.text).toContain(heard.map(({ text }) => text).join(' '));
    expect(heard.length).toBeGreaterThan(4);
  });
});
