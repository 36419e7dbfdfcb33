import { createRuleEngine } from '../src/understanding/rules/rule-engine.ts';
import { readSet, toInput, turnsOf } from './evaluate/read-sets.ts';
import { readFriends } from './evaluate/read-friends.ts';
const e = createRuleEngine(); const {signal}=new AbortController();
const sets = ['everyday','street/seen','small-talk/seen','fresh'];
let n=0;
for (const s of sets) for (const d of readSet(s).dialogues.slice(0,12)) {
  const r = await e.understand(toInput(turnsOf(d), d.me, d.at, d.language), signal);
  console.log(`${s} ${d.id} | ${r.discarded?'DISCARDED':r.title} [${r.category}]\n      ${r.overview}${r.note?' NOTE '+r.note:''}`);
}
for (const f of readFriends('seen')) for (const x of f.sessions.slice(0,6)) {
  const r = await e.understand(toInput(x.turns.map(t=>`${t.name}: ${t.text}`), f.me), signal);
  console.log(`friends ${x.id} | ${r.title} [${r.category}]\n      ${r.overview}`);
}
