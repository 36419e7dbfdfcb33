import { labelCandidates } from './evaluate/label-candidates.ts';
import { crossValidate } from './evaluate/fit-weights.ts';
const l = await labelCandidates();
for (const k of ['tasks','events'] as const) for (const c of crossValidate(l[k]).filter(c => c.dialogue.startsWith(process.argv[2] ?? 'households')).sort((a,b)=>b.score-a.score)) console.log(k, c.score.toFixed(2), c.isRight ? 'RIGHT' : 'wrong', c.dialogue.slice(16), c.line, '|', c.features.join(', '));
