import { describe, expect, it } from 'vitest';
import { CurrentProvider } from '../../../src/sessions/current-provider.ts';
import type { SttEvent } from '../../../src/stt/stt-event.ts';
import { final } from '../../fixtures/scripted-stream.ts';

function open() {
  const told: string[] = [];
  const provider = new CurrentProvider('first', (event) => {
    if (event.type === 'provider-changed') told.push(`${event.from} → ${event.provider}`);
  });
  return { provider, told };
}

const change = (from: string, provider: string): SttEvent => ({
  type: 'provider-change',
  from,
  provider,
  reason: 'down',
  overBudget: false,
});

describe('CurrentProvider', () => {
  it('names the provider of the words, and tells each change once', () => {
    const { provider, told } = open();
    provider.take(final({ hello: 0 }, 500));
    provider.take(change('first', 'second'));
    provider.take(final({ world: 600 }, 1_100));
    expect(provider.name).toBe('second');
    expect(told).toEqual(['first → second']);
  });

  it('tells that a new stream is back at the first provider only when that gives words', () => {
    const { provider, told } = open();
    provider.take(change('first', 'second'));
    provider.beginStream();
    expect(provider.name).toBe('first');
    expect(told).toEqual(['first → second']);
    provider.take(final({}, 500));
    expect(told).toEqual(['first → second', 'second → first']);
  });
});
