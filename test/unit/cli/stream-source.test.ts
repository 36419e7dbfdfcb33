import { describe, expect, it } from 'vitest';
import { OggOpusWriter } from '../../../src/audio/ogg-opus.ts';
import { encodeWav } from '../../../src/audio/wav.ts';
import { readStreamSource } from '../../../src/cli/stream/stream-source.ts';
import { opusPackets } from '../../fixtures/speech-audio.ts';
import { synthesise } from '../../fixtures/speech-synthesis.ts';

const options = { codec: null, me: null, personId: async (name: string) => `id-${name}` };
const encode = (text: string) => new TextEncoder().encode(text);

describe('readStreamSource', () => {
  it.each([16_000, 11_025, 44_100])(
    'cuts a WAV file of %i Hz into frames of 20 ms on sample borders, without loss or drift',
    async (rate) => {
      const samples = Int16Array.from({ length: rate + 7 }, (_, i) => (i * 31) % 30_000);
      const source = await readStreamSource(encodeWav(samples, rate), {
        ...options,
        fileName: 'a.wav',
      });
      const messages = [...source.messages];
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
    const source = await readStreamSource(ogg, { ...options, fileName: 'a.ogg' });
    const messages = [...source.messages];
    expect(source.query.codec).toBe('opus_fs320');
    expect(messages.map((m) => Buffer.from(m.data as Uint8Array))).toEqual(
      packets.map((packet) => Buffer.from(packet)),
    );
    expect(messages.map((m) => m.dueMs)).toEqual(packets.map((_, i) => i * 20));
    expect(source.durationMs).toBe(packets.length * 20);
  });

  it('decodes them where PCM is asked for', async () => {
    const source = await readStreamSource(ogg, { ...options, codec: 'pcm16', fileName: 'a.ogg' });
    const bytes = [...source.messages].reduce((sum, m) => sum + m.data.length, 0);
    expect(source.query).toEqual({ codec: 'pcm16', sample_rate: '16000' });
    expect(bytes).toBe(packets.length * 320 * 2);
  });

  it('makes suggested transcripts of a text, with people and the user', async () => {
    const text = `Anna: Hello there\nTom: Hi\nAnna: ${'word '.repeat(4000)}\n`;
    const source = await readStreamSource(encode(text), {
      ...options,
      me: 'tom',
      fileName: 'a.txt',
    });
    const messages = [...source.messages].map((m) => JSON.parse(m.data as string));
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

  it.each<[string, string, Uint8Array, 'opus' | 'pcm16' | null, RegExp]>([
    ['WAV as Opus', 'a.wav', encodeWav(new Int16Array(9), 8000), 'opus', /for Opus give an Ogg/],
    ['a broken WAV', 'a.wav', encode('RIFFxxxx'), null, /^The WAV file cannot be read/],
    ['an Ogg that is no Opus', 'a.ogg', encode('OggS nothing'), null, /not Opus in Ogg/],
    ['an Ogg without audio', 'a.ogg', writer.headers(), null, /not Opus in Ogg|no audio/],
    ['a codec for text', 'a.txt', encode('Anna: hi'), 'pcm16', /--codec has no meaning/],
    ['what is neither', 'a.mp3', Uint8Array.from([0xff, 0xfb, 0x90]), null, /What can be played/],
  ])('refuses %s', async (_what, fileName, bytes, codec, message) => {
    await expect(readStreamSource(bytes, { ...options, codec, fileName })).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringMatching(message),
    });
  });
});
