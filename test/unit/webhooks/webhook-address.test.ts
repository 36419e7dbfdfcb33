import { expect, it } from 'vitest';
import { addressFor, parseDeveloperUrl } from '../../../src/webhooks/webhook-address.ts';

it('adds the user, and for audio the sample rate, as Omi does', () => {
  expect(addressFor('https://a.example/hook', 'u1', null)).toBe('https://a.example/hook?uid=u1');
  expect(addressFor('https://a.example/hook?key=1', 'u 1', null)).toBe(
    'https://a.example/hook?key=1&uid=u%201',
  );
  expect(addressFor('https://a.example/', 'u1', 16_000)).toBe(
    'https://a.example/?sample_rate=16000&uid=u1',
  );
  expect(addressFor('https://a.example/#top', 'u1', null)).toBe('https://a.example/?uid=u1#top');
});

it('reads the seconds behind an audio address, and only there', () => {
  expect(parseDeveloperUrl('audio_bytes', 'https://a.example/x,10')).toEqual({
    url: 'https://a.example/x',
    seconds: 10,
  });
  expect(parseDeveloperUrl('audio_bytes', 'https://a.example/x')).toMatchObject({ seconds: 5 });
  expect(parseDeveloperUrl('audio_bytes', 'https://a.example/x,no')).toMatchObject({ seconds: 5 });
  expect(parseDeveloperUrl('audio_bytes', 'https://a.example/x,0')).toMatchObject({ seconds: 1 });
  expect(parseDeveloperUrl('memory_created', 'https://a.example/a,b').url).toBe(
    'https://a.example/a,b',
  );
});
