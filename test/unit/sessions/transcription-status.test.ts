import { describe, expect, it } from 'vitest';
import type { ListenEvent } from '../../../src/sessions/listen-event.ts';
import { TranscriptionStatus } from '../../../src/sessions/transcription-status.ts';
import type { SttEvent } from '../../../src/stt/stt-event.ts';
import { final } from '../../fixtures/scripted-stream.ts';

function open() {
  const told: string[] = [];
  const emit = (event: ListenEvent) => {
    if (event.type === 'service-status') told.push(event.status);
    if (event.type === 'provider-changed') told.push(`${event.from} → ${event.provider}`);
  };
  const downs: boolean[] = [];
  const onDownChanged = (isDown: boolean) => downs.push(isDown);
  const status = new TranscriptionStatus({ firstProvider: 'first', emit, onDownChanged });
  return { status, told, downs };
}

const state = (name: 'connected' | 'reconnecting' | 'unavailable'): SttEvent => ({
  type: 'provider-status',
  state: name,
  reason: null,
});
const change = (from: string, provider: string): SttEvent => ({
  type: 'provider-change',
  from,
  provider,
  reason: 'down',
  overBudget: false,
});

describe('TranscriptionStatus', () => {
  it('tells the client when the provider is unavailable and when it is back, not in between', () => {
    const { status, told, downs } = open();
    for (const name of ['connected', 'reconnecting', 'unavailable', 'connected'] as const) {
      status.take(state(name));
    }
    status.take(state('connected'));
    expect(told).toEqual(['stt_unavailable', 'stt_recovered']);
    expect(downs).toEqual([true, false]);
  });

  it('counts a used-up budget as down, with the time of its renewal', () => {
    const { status, told, downs } = open();
    status.take({ type: 'budget-exhausted', renewsAt: Date.UTC(2026, 0, 2) });
    expect(status.isDown).toBe(true);
    status.take(state('connected'));
    expect(told).toEqual(['stt_budget_exhausted', 'stt_recovered']);
    expect(downs).toEqual([true, false]);
  });

  it('names the provider of the words, and tells each change once', () => {
    const { status, told } = open();
    status.take(change('first', 'second'));
    status.take(final({ hello: 0 }, 500));
    expect(status.provider).toBe('second');
    expect(told).toEqual(['first → second']);
  });

  it('tells that a new stream is back at the first provider only when that gives words', () => {
    const { status, told } = open();
    status.take(change('first', 'second'));
    status.beginStream();
    expect(status.provider).toBe('first');
    expect(told).toEqual(['first → second']);
    status.take(final({}, 500));
    expect(told).toEqual(['first → second', 'second → first']);
  });
});
