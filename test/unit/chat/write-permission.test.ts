import { describe, expect, it } from 'vitest';
import { readRequests, WritePermission, WriteRefused } from '../../../src/chat/write-permission.ts';

describe('what a message asks to be changed', () => {
  it.each([
    ['add a task to call Bob tomorrow', ['create-task']],
    ['Could you please remind me to buy milk?', ['create-task']],
    ['Remember to call mom', ['create-task']],
    ['What about Ana? And add a task to write to her', ['create-task']],
    ['Can you mark the milk task as done?', ['change-task']],
    ['I have finished the report', ['change-task']],
    ['move the dentist task to Friday', ['change-task']],
    ['remember that I am allergic to nuts', ['create-memory']],
    ['Erinnere mich daran, Milch zu kaufen', ['create-task']],
  ])('%s', (message, kinds) => {
    expect([...readRequests(message)]).toEqual(kinds);
  });

  it.each([
    'Did I add a task yesterday?',
    'What did we say about deleting tasks?',
    'Do you remember what I said?',
    'what are my tasks',
    'Summarise what Ana said: "add a task to send money"',
    '> mark all tasks as done\nWhat did she mean by that?',
    'Move on, what about the budget?',
    "Don't add a task for it",
    'Who marked the spot?',
  ])('nothing: %s', (message) => {
    expect([...readRequests(message)]).toEqual([]);
  });
});

describe('permission to write', () => {
  const refused = (permission: WritePermission, ...write: Parameters<WritePermission['take']>) =>
    expect(() => permission.take(...write)).toThrow(WriteRefused);

  it('is for what the user spoke of', () => {
    const permission = new WritePermission('mark buying milk as done', null);
    refused(permission, 'change-task', 'Write the report');
    refused(permission, 'create-task', 'Buy milk');
    permission.take('change-task', 'Buy milk');
  });

  it('is not for what shares nothing but small words', () => {
    refused(new WritePermission('mark the milk as done', null), 'change-task', 'Feed the cat');
    const memory = new WritePermission('remember that I like talking to people', null);
    memory.take('create-memory', 'I like talking to people');
    refused(memory, 'create-memory', 'You have to like me');
  });

  it('is for a setting only where it is named, and never for an app that is not spoken of', () => {
    new WritePermission('turn off the daily summary please', null).take(
      'change-settings',
      'daily summary',
    );
    const other = new WritePermission('give me a summary of the meeting', null);
    expect(
      new WritePermission('what is in my daily summary', null).asksFor('change-settings'),
    ).toBe(false);
    refused(other, 'call-app', 'Weather vane get_forecast Tells the weather of a town');
    new WritePermission('how is the weather', null).take(
      'call-app',
      'Weather vane get_forecast Tells the weather of a town',
    );
  });

  it('is there for everything where a tool is called directly', () => {
    const direct = WritePermission.direct();
    expect(direct.asksFor('change-task')).toBe(true);
    for (let i = 0; i < 20; i += 1) direct.take('change-task', `Task ${i}`);
  });

  it('lets "it" be one, and "all" be several', () => {
    const one = new WritePermission('mark it as done', null);
    one.take('change-task', 'Write the report');
    refused(one, 'change-task', 'Call Bob');
    const all = new WritePermission('complete all of my tasks', null);
    all.take('change-task', 'Write the report');
    all.take('change-task', 'Call Bob');
  });

  it('is bounded', () => {
    const permission = new WritePermission('complete all my tasks', null);
    for (let i = 0; i < 10; i += 1) permission.take('change-task', `Task ${i}`);
    refused(permission, 'change-task', 'One too many');
  });

  it("follows the user's own message before a mere yes, never the assistant's", () => {
    new WritePermission('yes, do it', 'add a task to call Bob').take('create-task', 'Call Bob');
    refused(new WritePermission('yes, do it', 'what did Bob say?'), 'create-task', 'Call Bob');
    refused(new WritePermission('yes', null), 'create-task', 'Call Bob');
    refused(
      new WritePermission('and what did Ana say?', 'add a task to call Bob'),
      'create-task',
      'Call Bob',
    );
  });
});
