import { describe, expect, it } from 'vitest';
import type { ListenEvent } from '../../../src/sessions/listen-event.ts';
import { ServiceHealth } from '../../../src/sessions/service-health.ts';
import type { SttEvent } from '../../../src/stt/stt-event.ts';

function setUp() {
  const told: string[] = [];
  const changes: boolean[] = [];
  const now = { ms: 0, waitingMs: 0 };
  const emit = (event: ListenEvent): void => {
    if (event.type === 'service-status') told.push(event.status);
    else if (event.type === 'recognition-lag') {
      told.push(`${event.isOver ? 'caught up' : 'lag'} ${event.waitingMs}`);
    }
  };
  const health = new ServiceHealth({
    clock: { now: () => now.ms },
    emit,
    onChange: (isDown) => changes.push(isDown),
    waitingMs: () => now.waitingMs,
  });
  /** Some time goes by with so much audio waiting, and a look each second. */
  const pass = (seconds: number, waitingMs: number): void => {
    now.waitingMs = waitingMs;
    for (let i = 0; i < seconds; i += 1) {
      health.check();
      now.ms += 1000;
    }
    health.check();
  };
  return { told, changes, health, pass };
}

const status = (state: 'connected' | 'reconnecting' | 'unavailable'): SttEvent => ({
  type: 'provider-status',
  state,
  reason: null,
});

describe('a session that is heard more slowly than it speaks', () => {
  it('is told of it, now and then how far, and when it has been caught up with', () => {
    const { told, pass } = setUp();
    pass(60, 9_900);
    expect(told).toEqual([]);
    pass(5, 12_000);
    expect(told).toEqual(['lag 12000']);
    pass(29, 20_000);
    expect(told).toHaveLength(1);
    pass(1, 21_000);
    expect(told.slice(1)).toEqual(['lag 21000']);
    pass(60, 2_100);
    expect(told).toHaveLength(2);
    pass(1, 2_000);
    expect(told.slice(2)).toEqual(['caught up 2000']);
    pass(60, 0);
    expect(told).toHaveLength(3);
  });

  it('is not told of a burst that is worked off', () => {
    const { told, pass } = setUp();
    for (let i = 0; i < 10; i += 1) {
      pass(4, 60_000);
      pass(1, 9_000);
    }
    expect(told).toEqual([]);
  });

  it('is told that nobody listens, not that nobody keeps up', () => {
    const { told, changes, health, pass } = setUp();
    health.take(status('reconnecting'));
    health.take(status('unavailable'));
    pass(60, 60_000);
    expect(told).toEqual(['stt_unavailable']);
    health.take(status('connected'));
    expect(told).toEqual(['stt_unavailable', 'stt_recovered']);
    pass(4, 60_000);
    expect(told).toHaveLength(2);
    pass(1, 60_000);
    expect(told.slice(2)).toEqual(['lag 60000']);
    expect(changes).toEqual([true, false]);
    health.take({ type: 'budget-exhausted', renewsAt: 0 });
    expect(health.isDown).toBe(true);
    expect(told.slice(3)).toEqual(['stt_budget_exhausted']);
  });
});
