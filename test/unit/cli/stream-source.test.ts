import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { bytesSource } from '../../../src/audio/file/audio-source.ts';
import { OggOpusWriter } from '../../../src/audio/ogg-opus.ts';
import { encodeWav } from '../../../src/audio/wav.ts';
import type { StreamMessage, StreamSource } from '../../../src/cli/stream/stream-message.ts';
import { readStreamSource, type SourceOptions } from '../../../src/cli/stream/stream-source.ts';
import { opusPackets } from '../../fixtures/speech-audio.ts';
import { synthesise } from '../../fixtures/speech-synthesis.ts';

const options = { codec: null, me: null, personId: async (name: string) => `id-${name}` };
const encode = (text: string) => new TextEncoder().encode(text);

function read(bytes: Uint8Array, fileName: string, given: Partial<SourceOptions> = {}) {
  const signal = new AbortController().signal;
  return readStreamSource(bytesSource(bytes, fileName), { ...options, ...given }, signal);
}

async function messagesOf(source: StreamSource): Promise<StreamMessage[]> {
  const messages: StreamMessage[] = [];
  for await (const message of source.messages) messages.push(message);
  return messages;
}

describe('readStreamSource', () => {
  it.each([16_000, 11_025, 44_100])(
    'cuts a WAV file of %i Hz into frames of 20 ms on sample borders, without loss or drift',
    async (rate) => {
      const samples = Int16Array.from({ length: rate + 7 }, (_, i) => (i * 31) % 30_000);
      const source = await read(encodeWav(samples, rate), 'a.wav');
      const messages = await messagesOf(source);
      expect(source.query).toEqual({ codec: 'pcm16', sample_rate: String(rate) });
      expect(messages.map((m) => m.dueMs)).toEqual(messages.map((_, i) => i * 20));
      expect(messages).toHaveLength(51);
      const frames = messages.map((m) => Buffer.from(m.data as Uint8Array));
      expect(frames.every((frame) => frame.length % 2 === 0)).toBe(true);
      expect(Buffer.concat(frames)).toEqual(Buffer.from(samples.buffer));
    },
  );

  const speech = synthesise([{ text: 'hello', speaker: 0 }]);
  const packets = opusPackets(speech.samples, 16_000, 20);
  const writer = new OggOpusWriter({ serial: 1, channels: 1, inputSampleRate: 16_000, preSkip: 0 });
  const ogg = Buffer.concat([writer.headers(), writer.pages(packets), writer.end()]);

  it('sends the packets of an Ogg/Opus file as they are', async () => {
    const source = await read(ogg, 'a.ogg');
    const messages = await messagesOf(source);
    expect(source.query.codec).toBe('opus_fs320');
    expect(messages.map((m) => Buffer.from(m.data as Uint8Array))).toEqual(
      packets.map((packet) => Buffer.from(packet)),
    );
    expect(messages.map((m) => m.dueMs)).toEqual(packets.map((_, i) => i * 20));
    expect(source.durationMs).toBe(packets.length * 20);
  });

  it('decodes them where PCM is asked for', async () => {
    const source = await read(ogg, 'a.ogg', { codec: 'pcm16' });
    const bytes = (await messagesOf(source)).reduce((sum, m) => sum + m.data.length, 0);
    expect(source.query).toEqual({ codec: 'pcm16', sample_rate: '16000' });
    expect(bytes).toBe(packets.length * 320 * 2);
  });

  it('makes suggested transcripts of a text, with people and the user', async () => {
    const text = `Anna: Hello there\nTom: Hi\nAnna: ${'word '.repeat(4000)}\n`;
    const source = await read(encode(text), 'a.txt', { me: 'tom' });
    const messages = (await messagesOf(source)).map((m) => JSON.parse(m.data as string));
    expect(source.query.custom_stt).toBe('enabled');
    expect(messages[0]).toEqual({
      type: 'suggested_transcript',
      stt_provider: 'file',
      segments: [
        {
          text: 'Hello there',
          speaker: 'SPEAKER_00',
          is_user: false,
          person_id: 'id-Anna',
          start: 0,
          end: 0.6,
        },
      ],
    });
    expect(messages[1].segments[0]).toMatchObject({ is_user: true, person_id: null });
    const pieces: string[] = messages[2].segments.map((s: { text: string }) => s.text);
    expect(pieces.length).toBe(2);
    expect(Math.max(...pieces.map((p) => p.length))).toBeLessThan(20_000);
    expect(pieces.join(' ')).toBe('word '.repeat(4000).trim());
  });

  it.each([
    ['tone.mp3', 'pcm16', '16000'],
    ['tone.flac', 'pcm16', '16000'],
    ['tone-vorbis.webm', 'pcm16', '16000'],
    ['tone-opus.webm', 'opus_fs320', '16000'],
    ['ulaw-stereo.wav', 'pcm16', '8000'],
  ])('plays %s as %s of %s Hz', async (name, codec, rate) => {
    const file = path.join(import.meta.dirname, '../../fixtures/audio', name);
    const source = await read(readFileSync(file), name);
    expect(source).toMatchObject({ kind: 'audio', query: { codec, sample_rate: rate } });
    const messages = await messagesOf(source);
    expect(messages.length).toBeGreaterThan(48);
    expect(messages.length).toBeLessThan(56);
    expect(messages.map(({ dueMs }) => dueMs)).toEqual(messages.map((_, i) => i * 20));
  });

  it('refuses a file of several conversations', async () => {
    const talk = { transcript_segments: [{ text: 'Hello', start: 0, end: 1 }] };
    await expect(read(encode(JSON.stringify([talk, talk])), 'a.json')).rejects.toThrow(
      'It holds 2 conversations; import it instead.',
    );
  });

  it.each<[string, string, Uint8Array, 'opus' | 'pcm16' | null, RegExp]>([
    ['WAV as Opus', 'a.wav', encodeWav(new Int16Array(9), 8000), 'opus', /for Opus give an Ogg/],
    ['a broken WAV', 'a.wav', encode('RIFFxxxx'), null, /^The WAV file cannot be read/],
    [
      'an Ogg that is no Opus',
      'a.ogg',
      encode('OggS nothing'),
      null,
      /neither Opus, Vorbis nor FLAC/,
    ],
    ['an Ogg without audio', 'a.ogg', writer.headers(), null, /no audio/],
    ['a codec for text', 'a.txt', encode('Anna: hi'), 'pcm16', /--codec is for audio files only/],
    ['a broken MP3', 'a.mp3', Uint8Array.from([0xff, 0xfb, 0x90]), null, /^The MP3 file cannot/],
    ['what is neither', 'a.bin', Uint8Array.from([0, 1, 2]), null, /What can be played: WAV, MP3/],
  ])('refuses %s', async (_what, fileName, bytes, codec, message) => {
    const played = read(bytes, fileName, { codec }).then(messagesOf);
    await expect(played).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringMatching(message),
    });
  });
});
