import type { CallVerdict } from './ask-calls.ts';
import { CLIENTS, type ClientLetter, callersOf, KINDS, type KindLetter } from './client-call.ts';

/** Calls of one client that are answered as it needs, of all that it makes. */
export interface Tally {
  ok: number;
  all: number;
}

/** Which calls count. */
export interface TotalsFilter {
  /** True if calls that Omi's own server of May refuses are left out. */
  withoutOmiFails?: boolean;
  /** True if calls of the app store, the developer API and MCP are left out. */
  withoutStore?: boolean;
}

/** Counts verdicts by client and kind of call; calls of later versions are left out. */
export function totalsOf(
  verdicts: readonly CallVerdict[],
  { withoutOmiFails = false, withoutStore = false }: TotalsFilter = {},
): Map<ClientLetter, Record<KindLetter, Tally>> {
  const totals = new Map<ClientLetter, Record<KindLetter, Tally>>();
  for (const { call, fault } of verdicts) {
    if (call.later) continue;
    if (withoutOmiFails && call.omiFails) continue;
    if (withoutStore && call.store) continue;
    for (const { client, kind } of callersOf(call.by)) {
      const of = totals.get(client) ?? emptyTallies();
      of[kind].all += 1;
      if (fault === null) of[kind].ok += 1;
      totals.set(client, of);
    }
  }
  return totals;
}

/** Returns the totals as a table in Markdown. */
export function totalsTable(totals: ReturnType<typeof totalsOf>): string {
  const cell = ({ ok, all }: Tally) => (all === 0 ? '–' : `${ok}/${all}`);
  const rows = (Object.keys(CLIENTS) as ClientLetter[]).flatMap((letter) => {
    const of = totals.get(letter);
    if (!of) return [];
    return [`| ${CLIENTS[letter]} | ${cell(of.s)} | ${cell(of.d)} | ${cell(of.r)} |`];
  });
  const head = Object.values(KINDS).join(' | ');
  return [`| client | ${head} |`, '| --- | --- | --- | --- |', ...rows].join('\n');
}

function emptyTallies(): Record<KindLetter, Tally> {
  return { s: { ok: 0, all: 0 }, d: { ok: 0, all: 0 }, r: { ok: 0, all: 0 } };
}
