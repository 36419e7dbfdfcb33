import { DateTime } from 'luxon';
import type { Structured } from '../model/conversations/conversation.ts';
import { knownZone } from './model/spoken-time.ts';

/** What of a conversation a summary can be written from without a model. */
export type Understood = Pick<Structured, 'overview' | 'actionItems' | 'events'>;

/**
 * The summary of a built-in app made by rules out of what was understood already; null if rules
 * cannot do it, or there is nothing to say.
 */
export function writeByRules(appId: string, talk: Understood, timeZone: string): string | null {
  switch (appId) {
    case 'action_item_extractor':
      return talk.actionItems.length === 0 ? null : tasks(talk, timeZone).join('\n');
    case 'summary_assistant':
      return talk.overview === '' ? null : summary(talk, timeZone);
    default:
      return null;
  }
}

function summary(talk: Understood, timeZone: string): string {
  const parts = [talk.overview];
  if (talk.actionItems.length > 0)
    parts.push(`**Next steps**\n${tasks(talk, timeZone).join('\n')}`);
  if (talk.events.length > 0) {
    const events = talk.events.map((event) => `- ${event.title} (${at(event.start, timeZone)})`);
    parts.push(`**Dates**\n${events.join('\n')}`);
  }
  return parts.join('\n\n');
}

function tasks(talk: Understood, timeZone: string): string[] {
  const mineFirst = [...talk.actionItems].sort(
    (a, b) => Number(b.owner === 'user') - Number(a.owner === 'user'),
  );
  return mineFirst.map(({ description, completed, owner, dueAt }) => {
    const named = owner === null || owner === 'user' || owner.startsWith('SPEAKER_') ? [] : [owner];
    const facts = [...named, ...(dueAt === null ? [] : [`until ${at(dueAt, timeZone)}`])];
    const suffix = facts.length > 0 ? ` (${facts.join(', ')})` : '';
    return `- [${completed ? 'x' : ' '}] ${description}${suffix}`;
  });
}

function at(time: number, timeZone: string): string {
  const local = DateTime.fromMillis(time, { zone: knownZone(timeZone) });
  const isEndOfDay = local.hour === 23 && local.minute === 59;
  return local.toFormat(isEndOfDay ? 'yyyy-LL-dd' : 'yyyy-LL-dd HH:mm');
}
