import { describe, expect, it } from 'vitest';
import { type RouteFacts, readQuestion, routeOf } from '../../../src/chat/routing.ts';
import { toneFor } from '../../../src/chat/tone.ts';

const LOCAL = { now: Date.UTC(2026, 4, 6, 12), timeZone: 'Europe/Berlin' };
const facts = (parts: Partial<RouteFacts>): RouteFacts => ({
  text: 'What did Ana say?',
  requiresContext: true,
  asksForWrite: false,
  isPersona: false,
  hasNewFiles: false,
  fileNames: [],
  wasAboutFiles: false,
  ...parts,
});

describe('the way of a question', () => {
  it.each<[string, Partial<RouteFacts>, string]>([
    ['a greeting', { requiresContext: false }, 'plain'],
    ['a wish that looks like one', { requiresContext: false, asksForWrite: true }, 'tools'],
    ['a question', {}, 'tools'],
    [
      'to a persona, whatever it is',
      { isPersona: true, hasNewFiles: true, asksForWrite: true },
      'persona',
    ],
    ['with files, whatever its words', { hasNewFiles: true, requiresContext: false }, 'file'],
    [
      'about files that the chat has',
      { text: 'what does the pdf say?', fileNames: ['a.pdf'] },
      'file',
    ],
    [
      'about files in another language',
      { text: 'Was steht in der Datei?', fileNames: ['a'] },
      'file',
    ],
    ['that names one', { text: 'When does the lease end?', fileNames: ['Lease.pdf'] }, 'file'],
    ['about files that are not there', { text: 'what does the pdf say?' }, 'tools'],
    ['about something else', { fileNames: ['a.pdf'] }, 'tools'],
    [
      'that goes on with files',
      { text: 'And who signed it?', fileNames: ['a.pdf'], wasAboutFiles: true },
      'file',
    ],
    [
      'that begins something new',
      { text: 'What did Ana say at lunch?', fileNames: ['a.pdf'], wasAboutFiles: true },
      'tools',
    ],
    [
      'that asks for a task with files about',
      { text: 'add a task to read the pdf', fileNames: ['a.pdf'], asksForWrite: true },
      'tools',
    ],
  ])('%s', (_, parts, route) => expect(routeOf(facts(parts))).toBe(route));
});

describe('what the history makes of a message', () => {
  const human = (text: string) => ({ sender: 'human' as const, text });
  const read = (text: string, ...before: string[]) => readQuestion(text, before.map(human), LOCAL);

  it('needs nothing for small talk alone, in several languages', () => {
    for (const text of ['Hi!', 'thanks a lot', 'Guten Morgen', 'ok, great 👍', 'Merci']) {
      expect(read(text).requiresContext, text).toBe(false);
    }
    for (const text of ['Hi, what did Ana say?', 'Thanks. And the budget?', 'ok Ana']) {
      expect(read(text).requiresContext, text).toBe(true);
    }
  });

  it('takes topic and time from the question before, where it only points at it', () => {
    const asked = 'What did Ana say about the boat last week?';
    const who = read('And who else was there?', asked);
    expect(who.topic).toContain('boat');
    expect(who.range?.text).toBe('last week');
    const other = read('and yesterday?', asked);
    expect(other.range?.text).toBe('yesterday');
    expect(other.topic).toContain('boat');
    // Small talk in between is passed over; a question of its own takes nothing.
    expect(read('and why?', asked, 'thanks').topic).toContain('boat');
    expect(read('Which books did Ben recommend?', asked)).toMatchObject({ range: null });
  });
});

describe('the tone', () => {
  it.each([
    ['sadness', 0.9, 'sad'],
    ['Anger', 0.7, 'angry'],
    ['fear', 0.6, 'worried'],
    ['joy', 0.8, 'happy'],
    ['surprise', 0.5, 'surprised'],
  ])('fits %s', (emotion, score, word) => {
    expect(toneFor({ emotion, score })?.instruction).toContain(word);
    expect(toneFor({ emotion, score })?.opening).toMatch(/[.!]$/);
  });

  it('is none where nothing stands out', () => {
    expect(toneFor(null)).toBeNull();
    expect(toneFor({ emotion: 'neutral', score: 1 })).toBeNull();
    expect(toneFor({ emotion: 'sadness', score: 0.4 })).toBeNull();
  });
});
