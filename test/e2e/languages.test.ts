import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSet, toInput, turnsOf } from '../../scripts/evaluate/read-sets.ts';
import { readConfig } from '../../src/config/config.ts';
import { readSecrets } from '../../src/config/secrets.ts';
import { type Context, openContext } from '../../src/context.ts';
import { silentLogger } from '../../src/kernel/logger.ts';
import { makeUser, users } from '../../src/model/accounts/user.ts';
import { GLOBAL } from '../../src/model/collection.ts';
import { createRuleEngine } from '../../src/understanding/rules/rule-engine.ts';
import { addMeeting } from '../fixtures/meeting-questions.ts';

const HELD_AT = Date.parse('2026-05-04T08:00:00Z');
/** English words that would stand in a title or an overview if English rules had made it. */
const ENGLISH = /\b(?:the|and|with|about|talk|conversation)\b/i;

const dialogues = readSet('languages').dialogues;

describe('talks in other languages without a model', () => {
  const { signal } = new AbortController();

  it.each(dialogues.map((dialogue) => [dialogue.id, dialogue] as const))(
    'keep, name and tell %s in its own words, with its tasks or the sentence that a model is needed',
    async (_, dialogue) => {
      const turns = turnsOf(dialogue);
      const input = toInput(turns, dialogue.me, '2026-05-04T10:00', dialogue.language);
      const found = await createRuleEngine().understand(input, signal);
      expect(found.discarded).toBe(false);
      expect(found.title).not.toBe('');
      expect(`${found.title} ${found.overview}`).not.toMatch(ENGLISH);
      expect(found.title).toBe(found.title.normalize('NFC'));
      // Every sentence of the overview is one that was said.
      const said = turns.join(' ').replace(/\s+/g, ' ');
      const sentences = found.overview.replaceAll(/(?:^|\s)\S+: /g, ' ').trim();
      expect(sentences).not.toBe('');
      for (const sentence of sentences.split(/(?<=[.!?。।])\s*/u).filter(Boolean)) {
        expect(said.toLowerCase()).toContain(sentence.replace(/[.。।]$/u, '').toLowerCase());
      }
      const isFramed = ['de', 'es', 'fr'].includes(dialogue.language);
      if (!isFramed) expect(found.note).toMatch(/language model/);
      else expect(found.note).toBeNull();
      for (const words of dialogue.tasks) {
        expect(found.actionItems.map(({ description }) => description).join('\n')).toContain(words);
      }
    },
  );
});

describe('search in other languages', () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'languages-'));
  let context: Context;

  beforeAll(async () => {
    const env = { DATA_DIR: directory, LOG_LEVEL: 'silent' };
    context = await openContext({
      config: readConfig(env),
      secrets: readSecrets(env),
      env,
      logger: silentLogger,
    });
    for (const { id, me, turns } of dialogues) {
      const uid = id.slice(0, 2);
      const known = await context.store.find(users, GLOBAL, uid);
      if (!known) {
        await context.store.transact((tx) => {
          tx.create(users, GLOBAL, makeUser({ id: uid, createdAt: HELD_AT, name: me }));
        });
      }
      const said = turnsOf({ turns } as (typeof dialogues)[number]).map((turn) => {
        const [speaker = '', ...content] = turn.split(': ');
        return { speaker, content: content.join(': ') };
      });
      await addMeeting(context, { name: id, turns: said, questions: [], heldAt: HELD_AT, me }, uid);
    }
    for (const uid of new Set(dialogues.map(({ id }) => id.slice(0, 2)))) {
      await context.searchFeed.catchUp(uid);
    }
  });
  afterAll(async () => {
    await context.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const cases = dialogues.flatMap(({ id, find }) =>
    find === undefined
      ? []
      : [
          { id, query: find.words, turn: find.turns[0] },
          { id, query: find.question, turn: find.turns[1] },
        ],
  );

  // A turn that asks the same is found with its reply.
  it.each(cases)('finds the turn of $id for "$query"', async ({ id, query, turn = 0 }) => {
    const found = await context.search.searchWindows(id.slice(0, 2), {
      query,
      includeDiscarded: false,
      startDate: null,
      endDate: null,
      limit: 5,
    });
    const [best] = found;
    expect(best?.segmentIds).toContain(`${id}-${turn - 1}`);
    const isAsked = best?.matchedSegmentIds[0] === `${id}-${turn - 2}`;
    expect(isAsked || best?.matchedSegmentIds[0] === `${id}-${turn - 1}`).toBe(true);
  });
});
