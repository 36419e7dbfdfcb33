import { resolveDates } from '../understanding/rules/english/dates/resolve-date.ts';
import { clausesOf } from './message-clauses.ts';

/** What a tool may change. Each field of a task is asked for by words of its own. */
export type WriteKind =
  | 'create-task'
  | 'complete-task'
  | 'reopen-task'
  | 'rename-task'
  | 'reschedule-task'
  | 'create-memory'
  | 'enable-daily-summary'
  | 'disable-daily-summary'
  | 'time-daily-summary'
  /** Telling an app something: what it does then is its own affair. */
  | 'call-app';

/** A clause that asks for changes, and which. */
export interface WriteRequest {
  clause: string;
  kinds: ReadonlySet<WriteKind>;
}

const TASK = '(?:task|tasks|to-?do|to-?dos|action item|action items|reminder|reminders)';
const TASK_LIST = '(?:(?:to-?do|task|action item|shopping)s?(?:[- ]list)?|list|reminders)';
const SUMMARY =
  '(?:(?:daily|day|evening) (?:summary|summaries|recaps?)|tageszusammenfassung|résumé quotidien|resumen diario)';
const DONE =
  '(?:done|complete|completed|finished|ticked|checked|off|erledigt|fertig|abgehakt|faite?|terminée?|hech[oa]|completad[oa]|terminad[oa])';
const OPEN = `(?:(?:not|nicht|pas|no) (?:yet )?${DONE}|undone|incomplete|unfinished|open|pending|to-?do|unchecked|offen|unerledigt|pendiente)`;
/** What follows is no part of a longer word; `\\b` knows ASCII letters alone. */
const END = '(?![\\p{L}\\p{N}])';
const NAME =
  '(?:name|title|text|wording|description|spelling|titel|beschreibung|titre|nom|texte|título|nombre|texto|descripción)';
const DUE =
  '(?:due|deadlines?|dates?|times?|day|hour|fällig\\p{L}*|datum|termin|frist|uhrzeit|échéance|heure|fecha|hora|plazo)';
const CHANGE = '(?:change|update|edit|set|make|correct|fix|ändere?|modifie|cambia|corrige)';

const pattern = (source: string): RegExp => new RegExp(`^(?:${source})`, 'iu');

/** Requests by their beginning: an order starts a sentence, possibly after "please" and the like. */
const REQUESTS: readonly (readonly [WriteKind, RegExp])[] = [
  [
    'create-task',
    new RegExp(
      `^(?:(?:add|create|make|new|set up|set an?|put|save|write down|note)\\b.*\\b(?:${TASK}|${TASK_LIST})\\b|${TASK}\\s*:|remind me\\b|remember to\\b|don't let me forget\\b|(?:erinnere?|erinner) mich\\b|(?:füge|erstelle|leg)\\b.*\\b(?:aufgabe|todo|erinnerung)|(?:ajoute|crée|créer|ajouter)\\b.*\\b(?:tâche|rappel)|rappelle[- ]moi\\b|(?:añade|agrega|crea)\\b.*\\b(?:tarea|recordatorio)|recuérdame\\b)`,
      'iu',
    ),
  ],
  [
    'create-memory',
    /^(?:remember\b(?! (?:to|when|what|who|where|how|the time)\b)|memori[sz]e\b|(?:note|keep in mind|save|store|don't forget|make a note)\b(?=.*(?:\b(?:that|memory|memories|fact|preference|i|my|me|we|our)\b|:))|(?:add|save|store|create)\b.*\b(?:memory|memories|fact|preference)\b|from now on\b|i prefer\b|(?:always|never) (?:answer|reply|use|write|speak|call|give|tell|mention|show|start|end)\b|merke? dir\b|souviens[- ]toi\b|retiens\b|recuerda que\b)/iu,
  ],
  [
    'enable-daily-summary',
    pattern(
      `(?:turn|switch)\\b.*\\bon\\b.*\\b${SUMMARY}${END}|(?:turn|switch|schalte)\\b.*\\b${SUMMARY}(?=.* (?:on|ein|an)\\b)|(?:enable|activate|start|resume|aktiviere|active|activa)\\b.*\\b${SUMMARY}${END}`,
    ),
  ],
  [
    'disable-daily-summary',
    pattern(
      `(?:turn|switch)\\b.*\\boff\\b.*\\b${SUMMARY}${END}|(?:turn|switch|schalte)\\b.*\\b${SUMMARY}(?=.* (?:off|aus|ab)\\b)|(?:disable|deactivate|stop|no more|deaktiviere|désactive|desactiva)\\b.*\\b${SUMMARY}${END}`,
    ),
  ],
  [
    'time-daily-summary',
    pattern(
      `(?:set|change|move|schedule|send|turn|switch|enable|activate|start|stelle|ändere?|verschiebe)\\b.*\\b${SUMMARY}(?=.*(?:\\d| (?:at|to|for|um|auf) \\p{L}))|(?:set|change|move)\\b.*\\b(?:time|hour)\\b.*\\b${SUMMARY}${END}`,
    ),
  ],
];

/** The state that a task is given, not a word of the task's own: "mark the open house as done". */
function stateAtEnd(state: string): string {
  return `(?:(?:as|to|is|als|auf|comme|como) ${state}${END}|${state}(?: (?:again|now|please|too))*[.!]?$)`;
}

/** How people ask for one field of a task to be changed. */
const REOPEN = pattern(
  `(?:reopen|uncheck|untick|unmark|restore)\\b|(?:mark|${CHANGE}|put|move|markiere|setze|marque|marca)\\b.* ${stateAtEnd(OPEN)}|i (?:haven't|have not|didn't|did not) (?:yet )?(?:do|done|finish|finished|complete|completed)\\b`,
);
const COMPLETE = pattern(
  `(?:check off|tick|cross off|complete|finish|close|erledige|termine|completa|termina)\\b|(?:check|cross|hake?)\\b.*\\b(?:off|ab)\\b|check\\b.*\\b(?:task|to-?do|item|reminder)\\b(?! list)|(?:${CHANGE}|put|move|check|mark|markiere|marque|marca)\\b.* ${stateAtEnd(DONE)}|i(?:'ve| have)?(?: already| just)* (?:did|done|finished|completed)\\b(?! not\\b)|(?:it|that|this)(?:'s| is) (?:done|finished)\\b|done with\\b`,
);
const MARK = pattern('(?:mark|markiere|marque|marca)\\b');
const MARKED_AS = /\b(?:as|als|comme|como)\b/iu;
const RENAME = pattern(
  `(?:rename|retitle|reword|rephrase|benenne|renomme|renombra)${END}|${CHANGE}${END}.*(?<!\\p{L})${NAME}${END}|call (?:it|this|that|the\\b.*\\b${TASK})\\b|(?:ändere?)${END}.* (?:in|zu) |(?:modifie|change)\\b.* (?:en|par) |cambia\\b.* por `,
);
const RESCHEDULE = pattern(
  `(?:reschedule|postpone|defer|snooze|verschiebe|reporte|aplaza|pospón)${END}|(?:move|push|delay|bring)\\b.*\\b(?:${TASK}|to|until|till|by|back|forward)\\b|${CHANGE}${END}.*(?<!\\p{L})${DUE}${END}|(?:ändere?)${END}.* auf |(?:modifie|change)\\b.* (?:au|à) |cambia\\b.* (?:para|al) `,
);
const CHANGED_TO = pattern('(?:change|update|edit|set|make|mark|correct|fix)\\b');
/** It may make a new task, or something of a task that is there. */
const MAKE = pattern('make\\b');
const SMALL_WORDS =
  /(?<!\p{L})(?:the|an?|it|its|at|on|by|for|in|of|as|due|be|is|to|from|until|till|instead|please|now|task|reminder)(?!\p{L})/giu;
/** Any moment: only if a text names a time is asked. */
const SOME_TIME = { reference: 0, timeZone: 'utc' };

/** Returns the clauses of a message that ask for changes. What it quotes is not its own request. */
export function requestsOf(message: string): WriteRequest[] {
  return clausesOf(message).flatMap((clause) => {
    const others = REQUESTS.flatMap(([kind, request]) => (request.test(clause) ? [kind] : []));
    // "Set a reminder for Friday" is about a new task, "set the daily summary to 8" about none.
    const isOther = others.length > 0 && !others.every((kind) => kind === 'create-memory');
    const changes = isOther && !MAKE.test(clause) ? [] : taskChangesIn(clause);
    const kinds = new Set([...changes, ...others]);
    return kinds.size === 0 ? [] : [{ clause, kinds }];
  });
}

/** Returns the kinds of change that a message asks for. */
export function readRequests(message: string): Set<WriteKind> {
  return new Set(requestsOf(message).flatMap(({ kinds }) => [...kinds]));
}

/** The fields of a task that a clause asks to have changed: those, and no others. */
function taskChangesIn(clause: string): WriteKind[] {
  const kinds: WriteKind[] = [];
  if (REOPEN.test(clause)) kinds.push('reopen-task');
  else if (isCompletion(clause)) kinds.push('complete-task');
  if (RENAME.test(clause)) kinds.push('rename-task');
  if (RESCHEDULE.test(clause)) kinds.push('reschedule-task');
  // "Change the dentist to Friday", "change the milk to buy oat milk": what it is changed to decides.
  if (kinds.length === 0 && CHANGED_TO.test(clause)) kinds.push(...changedTo(clause));
  return kinds;
}

function isCompletion(clause: string): boolean {
  return COMPLETE.test(clause) || (MARK.test(clause) && !MARKED_AS.test(clause));
}

function changedTo(clause: string): WriteKind[] {
  const kinds: WriteKind[] = [];
  const [date] = resolveDates(clause, SOME_TIME);
  if (date) kinds.push('reschedule-task');
  const isMarked = MARK.test(clause);
  const at = clause.lastIndexOf(' to ');
  if (at < 0 || isMarked) return kinds;
  let target = clause.slice(at + ' to '.length);
  for (const { text } of resolveDates(target, SOME_TIME)) target = target.replace(text, ' ');
  if (/[\p{L}…]/u.test(target.replace(SMALL_WORDS, ' '))) kinds.push('rename-task');
  return kinds;
}
