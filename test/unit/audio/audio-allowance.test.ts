import { describe, expect, it } from 'vitest';
import { AudioAllowance, SUSTAINED_SPEED } from '../../../src/audio/audio-allowance.ts';

function allowance(burstMs: number | null) {
  const time = { now: 0 };
  return { time, audio: new AudioAllowance({ burstMs, clock: { now: () => time.now } }) };
}

describe('AudioAllowance', () => {
  it('takes a burst at once, and then as much as time gives', () => {
    const { time, audio } = allowance(60_000);
    audio.spend(60_000, 0);
    expect(audio.waitMs).toBe(0);
    audio.spend(8_000, 0);
    expect(audio.debtMs).toBe(8_000);
    expect(audio.waitMs).toBe(8_000 / SUSTAINED_SPEED);
    time.now += audio.waitMs;
    expect(audio.waitMs).toBe(0);
    expect(audio.isFull).toBe(false);
    time.now += 60_000 / SUSTAINED_SPEED;
    expect(audio.isFull).toBe(true);
  });

  it('never holds back audio in real time, however long', () => {
    const { time, audio } = allowance(60_000);
    for (let i = 0; i < 10_000; i += 1) {
      time.now += 1_000;
      audio.spend(1_000, 32_000);
      expect(audio.waitMs).toBe(0);
    }
  });

  it('counts bytes where a format packs more of them into a second than sound needs', () => {
    const { audio } = allowance(60_000);
    audio.spend(0, 96 * 60_000);
    expect(audio.debtMs).toBe(0);
    audio.spend(0, 96 * 1_000);
    expect(audio.debtMs).toBe(1_000);
  });

  it('lets 250 MB in 2 s through at no sample rate', () => {
    for (const sampleRate of [4_000, 8_000, 16_000, 48_000, 192_000]) {
      const { time, audio } = allowance(900_000);
      const frame = 64_000;
      for (let sent = 0; sent < 250e6; sent += frame) {
        time.now += 2_000 / (250e6 / frame);
        audio.spend((frame / 2 / sampleRate) * 1000, frame);
      }
      expect(audio.debtMs).toBeGreaterThan(900_000);
    }
  });

  it('neither gives nor takes when the clock is set back', () => {
    const { time, audio } = allowance(1_000);
    audio.spend(2_000, 0);
    time.now -= 3_600_000;
    expect(audio.debtMs).toBe(1_000);
    time.now += 250;
    expect(audio.debtMs).toBe(0);
  });

  it('has no limit if there is none', () => {
    const { audio } = allowance(null);
    audio.spend(1e12, 1e12);
    expect(audio.waitMs).toBe(0);
  });
});
