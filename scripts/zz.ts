import { readSet, toInput, turnsOf } from './evaluate/read-sets.ts';
import { tallyDialogue } from './evaluate/score-claims.ts';
import { createRuleEngine } from '../src/understanding/rules/rule-engine.ts';
const e = createRuleEngine(); const tot: Record<string, number[]> = {};
for (const d of readSet(process.argv[2] ?? 'households/read').dialogues) { const t = tallyDialogue(d, await e.understand(toInput(turnsOf(d), d.me, d.at), new AbortController().signal)); for (const k of ['tasks','events','facts'] as const) { const a = tot[k] ??= [0,0,0]; a[0] += t[k].found; a[1] += t[k].extra.length; a[2] += t[k].missed.length; for (const x of t[k].extra) console.log(k,'extra',x); for (const x of t[k].missed) console.log(k,'missed',x);} }
for (const [k,[f,x,m]] of Object.entries(tot)) console.log(k, 'P', (f/(f+x)).toFixed(2), 'R', (f/(f+m)).toFixed(2), f, x, m);
