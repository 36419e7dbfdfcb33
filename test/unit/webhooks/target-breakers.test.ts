import { expect, it } from 'vitest';
import { TargetBreakers, targetKey } from '../../../src/webhooks/target-breakers.ts';
import { HeldClock } from '../../harness/held-clock.ts';

function failed(breakers: TargetBreakers, times: number): void {
  for (let i = 0; i < times; i += 1) breakers.record('a', false);
}

it('holds requests back after five failures in a row, and lets one try after 30 s', () => {
  const clock = new HeldClock();
  const breakers = new TargetBreakers(clock);
  failed(breakers, 4);
  expect(breakers.enter('a')).toBe(0);
  failed(breakers, 1);
  expect(breakers.enter('a')).toBe(30_000);
  expect(breakers.enter('b')).toBe(0);
  clock.advance(30_000);
  expect(breakers.enter('a')).toBe(0);
  expect(breakers.enter('a')).toBeGreaterThan(0);
  failed(breakers, 1);
  expect(breakers.enter('a')).toBe(30_000);
});

it('closes after a success, and counts anew', () => {
  const breakers = new TargetBreakers(new HeldClock());
  failed(breakers, 4);
  breakers.record('a', true);
  failed(breakers, 4);
  expect(breakers.enter('a')).toBe(0);
});

it('lets another one try if the first was never sent', () => {
  const clock = new HeldClock();
  const breakers = new TargetBreakers(clock);
  failed(breakers, 5);
  clock.advance(30_000);
  expect(breakers.enter('a')).toBe(0);
  clock.advance(60_000);
  expect(breakers.enter('a')).toBe(0);
});

it('knows a target by its address without the query', () => {
  expect(targetKey('https://x.example/hook?uid=1#a')).toBe('https://x.example/hook');
});
