import { createRuleEngine } from '../src/understanding/rules/rule-engine.ts';
import { readSet, toInput, turnsOf } from './evaluate/read-sets.ts';
import { tallyDialogue } from './evaluate/score-claims.ts';

const e = createRuleEngine();
for (const d of readSet('exchanges').dialogues) {
  const t = tallyDialogue(
    d,
    await e.understand(toInput(turnsOf(d), d.me, d.at), new AbortController().signal),
  );
  for (const k of ['tasks', 'events', 'facts'] as const) {
    for (const x of t[k].extra) console.log(k, 'extra', x);
    for (const x of t[k].missed) console.log(k, 'missed', x);
  }
}
