import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLIENT_CALLS } from '../clients/all-calls.ts';
import { askCalls, type CallVerdict } from '../clients/ask-calls.ts';
import { CLIENTS, type ClientLetter, callersOf } from '../clients/client-call.ts';
import { type Tally, totalsOf, totalsTable } from '../clients/client-totals.ts';
import { startClientServer } from '../clients/start-client-server.ts';

let verdicts: CallVerdict[];
let stop: () => Promise<void>;
beforeAll(async () => {
  const started = await startClientServer();
  stop = started.stop;
  verdicts = await askCalls(started, CLIENT_CALLS);
}, 240_000);
afterAll(() => stop());

/** How many calls each client makes at its start, on a usual day and rarely. */
const COUNTS: Readonly<Record<ClientLetter, readonly [number, number, number]>> = {
  A: [29, 99, 110],
  N: [31, 120, 118],
  M: [22, 78, 30],
  R: [1, 4, 4],
  I: [12, 36, 8],
  W: [7, 88, 46],
  P: [1, 3, 4],
  C: [1, 14, 7],
  X: [0, 8, 0],
  G: [0, 12, 0],
  V: [0, 2, 0],
};

const share = ({ ok, all }: Tally) => (all === 0 ? 1 : ok / all);

describe('the calls of Omi’s clients', () => {
  it('are answered as each client needs', () => {
    const faults = verdicts
      .filter(({ fault }) => fault !== null)
      .map(({ call, fault }) => `${call.call}: ${fault}`);
    expect(faults, totalsTable(totalsOf(verdicts))).toEqual([]);
  });

  it.each(Object.entries(CLIENTS))('of %s (%s) are all there at its start, and daily', (letter) => {
    const of = totalsOf(verdicts).get(letter as ClientLetter);
    expect(of).toBeDefined();
    if (of === undefined) return;
    expect(share(of.s)).toBe(1);
    expect(share(of.d)).toBeGreaterThanOrEqual(0.95);
  });

  it('are all in the list', () => {
    const listed = [...totalsOf(verdicts)].map(([letter, { s, d, r }]) => [
      letter,
      [s.all, d.all, r.all],
    ]);
    expect(Object.fromEntries(listed)).toEqual(COUNTS);
  });

  it('are refused as often as the documents say', () => {
    const counted = verdicts.filter(({ call }) => !call.later);
    const refused = counted.filter(({ status }) => status >= 400);
    const documents = readFileSync(new URL('../../docs/clients.md', import.meta.url), 'utf8');
    expect(documents).toContain(`${refused.length} of the ${counted.length} calls`);
  });

  it('name clients and kinds that there are', () => {
    for (const { by, call } of CLIENT_CALLS) {
      for (const { client, kind } of callersOf(by)) {
        expect(Object.keys(CLIENTS), call).toContain(client);
        expect(['s', 'd', 'r'], call).toContain(kind);
      }
    }
  });
});
