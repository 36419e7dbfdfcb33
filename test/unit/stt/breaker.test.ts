import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/kernel/errors.ts';
import { Breakers } from '../../../src/stt/breaker.ts';

const down = new AppError('provider-unavailable', 'down');

function breakerAt() {
  const clock = { now: 1000 };
  const breakers = new Breakers({
    failures: 2,
    openMs: 100,
    maxOpenMs: 300,
    trialMs: 50,
    now: () => clock.now,
  });
  return { clock, breakers, breaker: breakers.of('deepgram') };
}

describe('a breaker', () => {
  it('is one a provider', () => {
    const { breakers, breaker } = breakerAt();
    expect(breakers.of('deepgram')).toBe(breaker);
    expect(breakers.of('soniox')).not.toBe(breaker);
  });

  it('opens after failures in a row, not after single ones', () => {
    const { breaker } = breakerAt();
    breaker.failed(down);
    breaker.succeeded();
    breaker.failed(down);
    expect([breaker.state, breaker.allows]).toEqual(['closed', true]);
    breaker.failed(down);
    expect([breaker.state, breaker.allows]).toEqual(['open', false]);
  });

  it.each(['provider-unauthorized', 'provider-quota'] as const)('opens at once at %s', (code) => {
    const { breaker } = breakerAt();
    breaker.failed(new AppError(code, 'no'));
    expect(breaker.state).toBe('open');
  });

  it.each(['provider-rejected', 'aborted'] as const)('takes %s for nobody’s failure', (code) => {
    const { breaker } = breakerAt();
    for (let i = 0; i < 5; i += 1) breaker.failed(new AppError(code, 'no'));
    expect(breaker.state).toBe('closed');
  });

  it('lets one session try, then opens for longer, up to its limit', () => {
    const { breaker, clock } = breakerAt();
    breaker.failed(down);
    breaker.failed(down);
    for (const openMs of [100, 200, 300, 300]) {
      clock.now += openMs - 1;
      expect(breaker.allows).toBe(false);
      clock.now += 1;
      expect([breaker.state, breaker.allows]).toEqual(['half-open', true]);
      breaker.beginTrial();
      expect(breaker.allows).toBe(false);
      breaker.failed(down);
      expect(breaker.state).toBe('open');
    }
    clock.now += 300;
    breaker.beginTrial();
    breaker.succeeded();
    expect([breaker.state, breaker.allows, breaker.succeededAt]).toEqual([
      'closed',
      true,
      clock.now,
    ]);
    // And begins anew.
    breaker.failed(down);
    breaker.failed(down);
    clock.now += 100;
    expect(breaker.state).toBe('half-open');
  });

  it('allows another trial where the first is never heard of again', () => {
    const { breaker, clock } = breakerAt();
    breaker.failed(down);
    breaker.failed(down);
    clock.now += 100;
    breaker.beginTrial();
    clock.now += 50;
    expect(breaker.allows).toBe(true);
  });

  it('is not kept open by sessions that fail after it has opened', () => {
    const { breaker, clock } = breakerAt();
    for (let i = 0; i < 500; i += 1) breaker.failed(down);
    clock.now += 100;
    expect(breaker.state).toBe('half-open');
  });
});
