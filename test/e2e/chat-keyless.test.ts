import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addConversation, askChat } from './chat-world.ts';
import { startTestServer, type TestServer } from './test-server.ts';

const DAY = 86_400_000;
let server: TestServer;
let stranger: { uid: string; token: string };

beforeAll(async () => {
  server = await startTestServer();
  const { id } = await server.context.accounts.createUser('stranger');
  const { token } = await server.context.accounts.createToken(id, 'test');
  stranger = { uid: id, token };
  const now = Date.now();
  await addConversation(
    server,
    server.uid,
    { id: 'roof', createdAt: now - 3 * DAY },
    'The greenhouse',
    [
      { text: 'The greenhouse roof leaks in three places.' },
      { text: 'Glass panes cost forty euros each at Miller and Sons.', isUser: true },
      { text: 'Then we order twelve of them before the frost.' },
    ],
  );
  await addConversation(server, server.uid, { id: 'trip', createdAt: now - 40 * DAY }, 'The trip', [
    { text: 'The ferry to Bornholm leaves at seven in the morning.' },
    { text: 'I would rather take the night train to Prague.', isUser: true },
  ]);
  await addConversation(server, stranger.uid, { id: 'secret', createdAt: now - DAY }, 'A secret', [
    { text: 'The safe combination is hidden behind the zebra painting.' },
  ]);
});
afterAll(() => server.stop());

describe('chat without a language model', () => {
  it('quotes what was said, with speaker, date and citation', async () => {
    const answer = await askChat(server, 'How much do the glass panes for the roof cost?');
    expect(answer.statuses).toEqual(['Searching conversations']);
    expect(answer.text).toContain('Glass panes cost forty euros each at Miller and Sons.');
    expect(answer.text).toMatch(/You, \w{3} \d+ \w{3} \d{4}, \d\d:\d\d: “/);
    expect(answer.text).toMatch(/”\[1\]/);
    expect(answer.done.text).not.toMatch(/\[\d+\]/);
    expect(answer.done.memories).toHaveLength(1);
    expect(answer.done.memories[0]).toMatchObject({
      id: 'roof',
      structured: { title: 'The greenhouse', emoji: '📌' },
    });
    expect(answer.done.memories[0].segment_ids).toContain('roof-s1');
  });

  it('is honest where nothing was said, and where it was said at another time', async () => {
    const none = await askChat(server, 'What did anybody say about submarines?');
    expect(none.text).toMatch(/found nothing/i);
    expect(none.done.memories).toEqual([]);
    const other = await askChat(server, 'What was said about the ferry to Bornholm yesterday?');
    expect(other.text).toMatch(
      /found nothing about that from that time \(yesterday, \w{3} \d+ \w{3} \d{4}\).*At other times/s,
    );
    expect(other.done.memories.map((m: { id: string }) => m.id)).toEqual(['trip']);
  });

  it('tells the conversations of a time that is all a question names', async () => {
    const days = await askChat(server, 'What did we talk about in the last 5 days?');
    expect(days.text).toMatch(/^These conversations are from that time \(in the last 5 days, /);
    expect(days.text).toMatch(/The greenhouse, \w{3} \d+ \w{3} \d{4}, \d\d:\d\d: .*\[1\]/s);
    expect(days.text).toContain('Glass panes cost forty euros each');
    expect(days.done.memories.map((m: { id: string }) => m.id)).toEqual(['roof']);
    const none = await askChat(server, 'What happened 2 hours ago?');
    expect(none.text).toMatch(/^There are no conversations from that time \(/);
    const subject = await askChat(
      server,
      'What did anybody say about submarines in the last 5 days?',
    );
    expect(subject.text).toMatch(
      /^I found nothing about that .*These conversations are from that time/s,
    );
    expect(subject.done.memories.map((m: { id: string }) => m.id)).toEqual(['roof']);
    for (const { text } of [days, none, subject]) expect(text).not.toMatch(/\d{4}-\d\d-\d\dT/);
  });

  it('quotes the reply to a question with it', async () => {
    const { accounts } = server.context;
    const { id: uid } = await accounts.createUser('asked');
    const { token } = await accounts.createToken(uid, 'test');
    await addConversation(server, uid, { id: 'bowl', createdAt: Date.now() - DAY }, 'A bowl', [
      { text: 'What is this blue bowl a reminder of?', speaker: 'SPEAKER_00' },
      { text: 'Hm.', speaker: 'SPEAKER_00' },
      { text: 'Of the summer at my grandmother in Crete.', speaker: 'SPEAKER_01' },
    ]);
    const answer = await askChat(server, 'What is the bowl a reminder of?', { token });
    expect(answer.text).toContain('What is this blue bowl a reminder of?');
    expect(answer.text).toContain('Of the summer at my grandmother in Crete.');
    expect(answer.done.memories[0].segment_ids).toContain('bowl-s2');
  });

  it('keeps tasks and memories by plain requests', async () => {
    const made = await askChat(server, 'Add a task to call the plumber tomorrow at 5 pm');
    expect(made.text).toMatch(/✅ Added: Call the plumber \(due .*17:00\)/);
    const reminded = await askChat(server, 'remind me to water the tomatoes');
    expect(reminded.text).toMatch(/Added: Water the tomatoes/);
    const listed = await askChat(server, 'What are my tasks?');
    expect(listed.text).toContain('⬜ Call the plumber');
    expect(listed.text).toContain('⬜ Water the tomatoes');
    const done = await askChat(server, 'mark the plumber task as done');
    expect(done.text).toBe('✅ Completed: Call the plumber');
    const after = await askChat(server, 'what are my tasks');
    expect(after.text).not.toContain('plumber');
    await askChat(server, 'Remember that I am allergic to walnuts');
    const known = await askChat(server, 'What do you know about me?');
    expect(known.text).toContain('I am allergic to walnuts');
    const { body } = await server.api('GET', '/v3/memories');
    expect(body).toMatchObject([{ content: 'I am allergic to walnuts', category: 'manual' }]);
  });

  it('greets without looking anything up, and says that there is no model', async () => {
    const answer = await askChat(server, 'Hello there!');
    expect(answer.statuses).toEqual([]);
    expect(answer.text).toMatch(/No language model is configured/);
    expect(answer.done.ask_for_nps).toBe(false);
  });

  it('never shows what another user said or wrote', async () => {
    const asked = await askChat(
      server,
      'Where is the safe combination, behind the zebra painting?',
    );
    expect(asked.text).not.toMatch(/zebra/);
    expect(asked.done.memories).toEqual([]);
    const own = await askChat(server, 'Where is the safe combination?', { token: stranger.token });
    expect(own.text).toMatch(/zebra painting/);
    const others = await askChat(server, 'What are my tasks?', { token: stranger.token });
    expect(others.text).toBe('There are no open tasks.');
    const { body } = await server.api('GET', '/v2/messages', undefined, stranger.token);
    const texts = (body as { text: string }[]).map(({ text }) => text);
    expect(texts).toContain('What are my tasks?');
    expect(JSON.stringify(texts)).not.toMatch(/greenhouse|walnuts|plumber/);
  });

  it('takes the topic of a follow-up from the question before it', async () => {
    await askChat(server, 'What was said about the night train?');
    const follow = await askChat(server, 'and when was that?');
    expect(follow.text).toContain('night train to Prague');
  });
});
