import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { DateTime } from 'luxon';
import { parse } from 'yaml';
import { z } from 'zod';
import { splitTurn, turnsOf, ZONE } from './read-sets.ts';

const QUESTION_KINDS = ['fact', 'time', 'several'] as const;

const friendsSchema = z.strictObject({
  me: z.string(),
  sessions: z.array(z.strictObject({ id: z.string(), at: z.string(), turns: z.string() })),
  questions: z.array(
    z.strictObject({
      ask: z.string(),
      answer: z.string(),
      kind: z.enum(QUESTION_KINDS),
      in: z.array(z.string()).min(1),
    }),
  ),
});

/** A talk of two friends on one day. */
export interface FriendsSession {
  id: string;
  /** Unix ms. */
  heldAt: number;
  turns: { name: string; text: string }[];
}

export interface FriendsQuestion {
  ask: string;
  /** The answer in words, for readers. */
  answer: string;
  kind: (typeof QUESTION_KINDS)[number];
  /** The turns that hold the answer, as `turnId` writes them. */
  turns: ReadonlySet<string>;
}

/** Two friends who talk over months, and what may be asked about it. */
export interface Friends {
  name: string;
  /** The one of the two who is the user. */
  me: string;
  sessions: FriendsSession[];
  questions: FriendsQuestion[];
}

/** Returns the name of a turn; the first turn of a session has the index 0. */
export const turnId = (session: string, index: number): string => `${session}-${index}`;

/** Returns the session of a turn that `turnId` has named. */
export const sessionOf = (turn: string): string => turn.replace(/-\d+$/, '');

/**
 * Reads one half of `eval/friends`, one file for each pair.
 *
 * @throws Error if a question names a turn that is not there.
 */
export function readFriends(half: 'seen' | 'kept'): Friends[] {
  const folder = fileURLToPath(new URL(`../../eval/friends/${half}`, import.meta.url));
  return readdirSync(folder)
    .sort()
    .map((file) => {
      const read = friendsSchema.parse(parse(readFileSync(path.join(folder, file), 'utf8')));
      const sessions = read.sessions.map(({ id, at, turns }) => ({
        id,
        heldAt: DateTime.fromISO(at, { zone: ZONE }).toMillis(),
        turns: turnsOf({ turns }).map(splitTurn),
      }));
      const known = new Set(
        sessions.flatMap(({ id, turns }) => turns.map((_, index) => turnId(id, index))),
      );
      const questions = read.questions.map(({ ask, answer, kind, in: places }) => {
        const turns = places.map((place) => {
          const [session = '', number = ''] = place.split(' ');
          const turn = turnId(session, Number(number) - 1);
          if (!known.has(turn)) throw new Error(`${file}: "${ask}" names no turn: ${place}`);
          return turn;
        });
        return { ask, answer, kind, turns: new Set(turns) };
      });
      return { name: file.replace(/\.yaml$/, ''), me: read.me, sessions, questions };
    });
}
