import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLIENT_CALLS } from '../clients/all-calls.ts';
import { askCalls, type CallVerdict } from '../clients/ask-calls.ts';
import { CLIENTS, type ClientLetter } from '../clients/client-call.ts';
import { callersOf, type Tally, totalsOf, totalsTable } from '../clients/client-totals.ts';
import { startClientServer } from '../clients/start-client-server.ts';

let verdicts: CallVerdict[];
let stop: () => Promise<void>;
beforeAll(async () => {
  const started = await startClientServer();
  stop = started.stop;
  verdicts = await askCalls(started.server, CLIENT_CALLS);
}, 240_000);
afterAll(() => stop());

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

  it('name clients and kinds that there are', () => {
    for (const { by, call } of CLIENT_CALLS) {
      for (const { client, kind } of callersOf(by)) {
        expect(Object.keys(CLIENTS), call).toContain(client);
        expect(['s', 'd', 'r'], call).toContain(kind);
      }
    }
  });
});
