import { describe, expect, it } from 'vitest';
import { parseListenQuery } from '../../../src/listen/listen-query.ts';

const DEFAULT_MS = 120_000;

function parse(query: string) {
  return parseListenQuery(new URLSearchParams(query), DEFAULT_MS);
}

function options(query: string) {
  const parsed = parse(query);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed.options;
}

describe('parseListenQuery', () => {
  it('has the defaults of the wire', () => {
    expect(parse('')).toEqual({
      options: {
        language: 'en',
        sampleRate: 8000,
        codec: 'pcm8',
        includeSpeechProfile: true,
        conversationTimeoutMs: 120_000,
        source: 'omi',
        customStt: false,
        speakerAutoAssign: false,
        sttService: null,
        vadGate: null,
        channels: 1,
        callId: null,
        streamId: null,
        streamAgeMs: null,
        partials: false,
        onboarding: false,
      },
    });
  });

  it('takes what the apps send', () => {
    const flutter =
      'language=de&sample_rate=16000&codec=opus_fs320&uid=somebody&include_speech_profile=true&stt_service=soniox&conversation_timeout=240&source=friend_com&custom_stt=enabled&speaker_auto_assign=enabled&vad_gate=enabled';
    expect(options(flutter)).toEqual({
      language: 'de',
      sampleRate: 16_000,
      codec: 'opus_fs320',
      includeSpeechProfile: true,
      conversationTimeoutMs: 240_000,
      source: 'friend_com',
      customStt: true,
      speakerAutoAssign: true,
      sttService: 'soniox',
      vadGate: true,
      channels: 1,
      callId: null,
      streamId: null,
      streamAgeMs: null,
      partials: false,
      onboarding: false,
    });
    const call = 'source=phone_call&call_id=c&sample_rate=48000&codec=pcm&channels=2';
    expect(options(call)).toMatchObject({
      codec: 'pcm',
      sampleRate: 48_000,
      source: 'phone_call',
      channels: 2,
      callId: 'c',
      streamId: null,
      streamAgeMs: null,
      partials: false,
    });
    expect(options('onboarding=enabled').onboarding).toBe(true);
  });

  it('takes the age of a stream, thirty days at most', () => {
    expect(options('stream_id=recording-1&stream_age=90000').streamAgeMs).toBe(90_000);
    expect(options('stream_age=99999999999').streamAgeMs).toBe(30 * 86_400_000);
    expect(parseListenQuery(new URLSearchParams('stream_age=-5'), 1)).toHaveProperty('problem');
  });

  it('looks for the user by voice only where it is not known who speaks', () => {
    expect(options('channels=2').includeSpeechProfile).toBe(false);
    expect(options('onboarding=enabled').includeSpeechProfile).toBe(false);
  });

  it('gives a call four hours, whatever was asked for', () => {
    expect(options('channels=2').conversationTimeoutMs).toBe(14_400_000);
    expect(options('channels=2&conversation_timeout=5').conversationTimeoutMs).toBe(14_400_000);
  });

  it('takes auto for multi', () => {
    expect(options('language=auto').language).toBe('multi');
    expect(options('language=multi').language).toBe('multi');
  });

  it.each([
    ['-1', 14_400],
    ['0', 2],
    ['1', 2],
    ['2', 2],
    ['-2', 2],
    ['119', 119],
    ['14400', 14_400],
    ['14401', 14_400],
    ['9'.repeat(400), 14_400],
    [`-${'9'.repeat(400)}`, 2],
  ])('clamps conversation_timeout %s to %i s', (sent, seconds) => {
    expect(options(`conversation_timeout=${sent}`).conversationTimeoutMs).toBe(seconds * 1000);
  });

  it.each([
    ['', 'omi'],
    ['source=', 'omi'],
    ['source=omi', 'omi'],
    ['source=openglass', 'openglass'],
    ['source=web', 'web'],
    ['source=toaster', 'unknown'],
    ['source=__proto__', 'unknown'],
  ])('maps %s to the source %s', (query, source) => {
    expect(options(query).source).toBe(source);
  });

  it.each(['custom_stt', 'speaker_auto_assign', 'onboarding'])(
    'turns %s on by the word enabled alone',
    (name) => {
      for (const value of ['ENABLED', 'true', '1', '', 'enabled ']) {
        expect(parse(`${name}=${encodeURIComponent(value)}`)).toEqual(parse(''));
      }
      expect(parse(`${name}=enabled`)).not.toEqual(parse(''));
    },
  );

  it.each([
    ['true', true],
    ['True', true],
    ['1', true],
    ['yes', true],
    ['on', true],
    ['false', false],
    ['FALSE', false],
    ['0', false],
    ['no', false],
    ['off', false],
  ])('reads include_speech_profile=%s', (value, wanted) => {
    expect(options(`include_speech_profile=${value}`).includeSpeechProfile).toBe(wanted);
  });

  it.each([
    'sample_rate=16k',
    'sample_rate=',
    'sample_rate=8000.5',
    'sample_rate=0x1f40',
    'sample_rate=-8000',
    'sample_rate=0',
    'sample_rate=3999',
    'sample_rate=192001',
    'sample_rate=99999999999999999999999',
    'channels=zero',
    'channels=0',
    'channels=-1',
    'channels=17',
    'conversation_timeout=soon',
    'conversation_timeout=2.5',
    'conversation_timeout=',
    'include_speech_profile=maybe',
    'include_speech_profile=',
    'language=',
    `language=${'x'.repeat(36)}`,
  ])('refuses %s and says which parameter is wrong', (query) => {
    const parsed = parse(query);
    expect(parsed).toEqual({ problem: expect.any(String) });
    expect((parsed as { problem: string }).problem).toMatch(
      new RegExp(`^${query.split('=')[0]}: `),
    );
  });

  it('takes the last of a parameter that comes twice, and none that it does not know', () => {
    expect(options('codec=aac&codec=pcm16').codec).toBe('pcm16');
    expect(options('__proto__=x&constructor=y&uid=z')).toEqual(options(''));
  });
});
