import { describe, expect, it } from 'vitest';
import { answerPlainRequest } from '../../../src/chat/plain-requests.ts';
import { ChatTurn } from '../../../src/chat/turn.ts';
import { WritePermission } from '../../../src/chat/write-permission.ts';

/** A Monday morning in Berlin. */
const NOW = Date.parse('2026-11-30T09:00:00Z');

interface Added {
  description: string;
  dueAt: number | null;
}

/** What is said to a message, and the tasks that are added; null if it is no plain request. */
async function ask(message: string): Promise<{ said: string; added: Added[] } | null> {
  let said = '';
  const added: Added[] = [];
  const items = [{ id: '1', description: 'Water the tomatoes', dueAt: null, isLocked: false }];
  const deps = {
    actionItems: {
      list: async () => ({ items, hasMore: false }),
      create: async (_uid: string, item: Added) => {
        added.push({ description: item.description, dueAt: item.dueAt });
        return item;
      },
      update: async () => items[0],
    },
    memories: { list: async () => [], create: async () => ({ content: '' }) },
  };
  const turn = new ChatTurn({
    within: null,
    uid: 'anna',
    chat: { appId: null, sessionId: null },
    now: NOW,
    timeZone: 'Europe/Berlin',
    userName: null,
    message,
    earlier: [],
    range: null,
    topic: message,
    isSpoken: false,
    permission: new WritePermission(message, null),
    signal: new AbortController().signal,
    tell: (event) => {
      if (event.type === 'text') said += event.text;
    },
  });
  // Only the fields that are read are there.
  const isDone = await answerPlainRequest(deps as never, turn);
  return isDone ? { said, added } : null;
}

describe('the list of tasks', () => {
  it.each([
    'What are my tasks?',
    'what tasks do I have',
    'Which reminders are due today?',
    'show me my to-do list',
    "What's on my list of tasks?",
    'Do I have any open tasks left?',
    'any reminders for tomorrow',
    'list all my overdue tasks',
    'How many tasks are there?',
    'my tasks',
    'What do I have to do today?',
    'What is left to do?',
  ])('is told to: %s', async (message) => {
    expect((await ask(message))?.said).toContain('Water the tomatoes');
  });

  it.each([
    'What is the bowl a reminder of?',
    'What was the painting a reminder of for Ana?',
    'Which task did Ben talk about?',
    'What did we say about reminders?',
    'Tell me about the task force',
    'What is the hardest task in beekeeping?',
    'Show me where Ana mentions the reminder',
    'What should I do about the roof?',
    'My task force meets when?',
  ])('is not told to: %s', async (message) => {
    expect(await ask(message)).toBeNull();
  });
});

describe('a new task', () => {
  it.each([
    ['Remind me to pay the rent last Monday', 'Mon 23 Nov 2026', 'Pay the rent'],
    ['Remind me to call Tom yesterday at five', 'Sun 29 Nov 2026, 17:00', 'Call Tom'],
    ['Add a task to send the form on 3 March 2025', 'Mon 3 Mar 2025', 'Send the form'],
    ['remind me to call mom two days ago', 'Sat 28 Nov 2026', 'Call mom'],
  ])('is not added for a day that is past: %s', async (message, day, description) => {
    const answer = await ask(message);
    expect(answer?.added).toEqual([]);
    expect(answer?.said).toBe(
      `${day} is past, so I have not added “${description}”. Ask me again with a day that is still to come.`,
    );
  });

  it.each([
    ['Remind me to pay the rent on Friday', 'Pay the rent', '2026-12-04T22:59:00Z'],
    ['Remind me to pay the rent today', 'Pay the rent', '2026-11-30T22:59:00Z'],
    ['Remind me at nine to call Tom', 'Call Tom', '2026-12-01T08:00:00Z'],
    ['Add a task to review the notes from last week', null, '2026-12-01T09:00:00Z'],
    ["Add a task to answer yesterday's mail", null, '2026-12-01T09:00:00Z'],
    ['Remind me on Friday to read the notes of last week', null, '2026-12-04T22:59:00Z'],
  ])('is added: %s', async (message, description, dueAt) => {
    const answer = await ask(message);
    expect(answer?.added).toEqual([
      { description: description ?? expect.any(String), dueAt: Date.parse(dueAt) },
    ]);
  });
});
