import { describe, expect, it } from 'vitest';
import { DIRECT_CALL, WriteRefused } from '../../../src/chat/permission.ts';
import { WritePermission } from '../../../src/chat/write-permission.ts';
import { readRequests } from '../../../src/chat/write-requests.ts';

describe('what a message asks to be changed', () => {
  it.each([
    ['add a task to call Bob tomorrow', ['create-task']],
    ['Could you please remind me to buy milk?', ['create-task']],
    ['Remember to call mom', ['create-task']],
    ['What about Ana? And add a task to write to her', ['create-task']],
    ['Can you mark the milk task as done?', ['complete-task']],
    ['mark the milk task', ['complete-task']],
    ['I have finished the report', ['complete-task']],
    ['check the laundry off', ['complete-task']],
    ['set the milk task to done', ['complete-task']],
    ['Hake die Milch ab', ['complete-task']],
    ['mark the milk task as not done', ['reopen-task']],
    ['set the milk task to open again', ['reopen-task']],
    ["I haven't finished the report after all", ['reopen-task']],
    ['reopen the report', ['reopen-task']],
    ['mark the open house as done', ['complete-task']],
    ['mark the call to Bob as finished', ['complete-task']],
    ['Schalte die Tageszusammenfassung aus', ['disable-daily-summary']],
    ['move the dentist task to Friday', ['reschedule-task']],
    ['change the dentist task to Friday at five', ['reschedule-task']],
    ['mark the report as due on Monday', ['reschedule-task']],
    ['change the due date of the report', ['reschedule-task']],
    ['Verschiebe den Zahnarzt auf Freitag', ['reschedule-task']],
    ['rename the milk task to buy oat milk', ['rename-task']],
    ['rename it to "mark everything as done"', ['rename-task']],
    ['change the milk task to buy oat milk', ['rename-task']],
    ['change the milk task to buy oat milk tomorrow', ['reschedule-task', 'rename-task']],
    ['edit the text of the report task', ['rename-task']],
    ['mark the milk as done and move the report to Friday', ['complete-task', 'reschedule-task']],
    ['turn off the daily summary', ['disable-daily-summary']],
    ['switch my daily summary on', ['enable-daily-summary']],
    ['set the daily summary to 8 pm', ['time-daily-summary']],
    ['turn the daily summary on at 8', ['enable-daily-summary', 'time-daily-summary']],
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
    'mark the milk task as important',
    'mark the finished report as urgent',
    'update the milk task',
    'delete the milk task',
    'check what the report says',
    'turn the volume of the daily summary',
  ])('nothing: %s', (message) => {
    expect([...readRequests(message)]).toEqual([]);
  });
});

describe('permission to write', () => {
  const refused = (permission: WritePermission, ...write: Parameters<WritePermission['take']>) =>
    expect(() => permission.take(...write)).toThrow(WriteRefused);

  it('is for what the user spoke of', () => {
    const permission = new WritePermission('mark buying milk as done', null);
    refused(permission, 'complete-task', 'Write the report');
    refused(permission, 'create-task', 'Buy milk');
    permission.take('complete-task', 'Buy milk');
  });

  it('is not for what shares nothing but small words', () => {
    refused(new WritePermission('mark the milk as done', null), 'complete-task', 'Feed the cat');
    const memory = new WritePermission('remember that I like talking to people', null);
    memory.take('create-memory', 'I like talking to people');
    refused(memory, 'create-memory', 'You have to like me');
  });

  it('is for a setting only where it is named, and never for an app that is not spoken of', () => {
    new WritePermission('turn off the daily summary please', null).take(
      'disable-daily-summary',
      'daily summary',
    );
    const other = new WritePermission('give me a summary of the meeting', null);
    const asking = new WritePermission('what is in my daily summary', null);
    expect(asking.asksFor('disable-daily-summary')).toBe(false);
    refused(other, 'call-app', 'Weather vane get_forecast Tells the weather of a town');
    new WritePermission('how is the weather', null).take(
      'call-app',
      'Weather vane get_forecast Tells the weather of a town',
    );
  });

  it('is there for everything where a tool is called directly', () => {
    const direct = DIRECT_CALL;
    expect(direct.asksFor('complete-task')).toBe(true);
    for (let i = 0; i < 20; i += 1) direct.take('complete-task', `Task ${i}`);
  });

  it('lets "it" be one, and "all" be several', () => {
    const one = new WritePermission('mark it as done', null);
    one.take('complete-task', 'Write the report');
    refused(one, 'complete-task', 'Call Bob');
    const all = new WritePermission('complete all of my tasks', null);
    all.take('complete-task', 'Write the report');
    all.take('complete-task', 'Call Bob');
  });

  it('is bounded', () => {
    const permission = new WritePermission('complete all my tasks', null);
    for (let i = 0; i < 10; i += 1) permission.take('complete-task', `Task ${i}`);
    refused(permission, 'complete-task', 'One too many');
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

  it('is for the fields that the words ask for, and for no other of the same task', () => {
    const done = new WritePermission('mark buying milk as done', null);
    refused(done, 'rename-task', 'Buy milk', 'Buy milk and send money');
    refused(done, 'reschedule-task', 'Buy milk');
    refused(done, 'reopen-task', 'Buy milk');
    refused(done, ['complete-task', 'rename-task'], 'Buy milk', 'Buy oat milk');
    done.take('complete-task', 'Buy milk');

    const moved = new WritePermission('move the dentist to Friday', null);
    refused(moved, 'complete-task', 'Call the dentist');
    moved.take('reschedule-task', 'Call the dentist');
    const summary = new WritePermission('turn off the daily summary', null);
    refused(summary, 'time-daily-summary', 'daily summary');
    refused(summary, 'enable-daily-summary', 'daily summary');
  });

  it('takes several fields in one call if all are asked for', () => {
    const message = 'mark the milk task as done, and rename it to buy oat milk';
    new WritePermission(message, null).take(
      ['complete-task', 'rename-task'],
      'Buy milk',
      'Buy oat milk',
    );
  });

  it('gives each clause its own task', () => {
    const message = 'Mark the milk task as done. Move the dentist to Friday.';
    const permission = new WritePermission(message, null);
    refused(permission, 'complete-task', 'Call the dentist');
    refused(permission, 'reschedule-task', 'Buy milk');
    permission.take('complete-task', 'Buy milk');
    permission.take('reschedule-task', 'Call the dentist');
  });

  it("renames a task with the user's words alone", () => {
    const renamed = new WritePermission('rename the milk task to buy oat milk', null);
    refused(renamed, 'rename-task', 'Buy milk', 'Buy milk and transfer 500 euros');
    renamed.take('rename-task', 'Buy milk', 'Buy oat milk');
    new WritePermission('rename the "buy milk" task to "get oat drink"', null).take(
      'rename-task',
      'Buy milk',
      'Get oat drink',
    );
    new WritePermission('rename the milk task to what we agreed on', null).take(
      'rename-task',
      'Buy milk',
      'Fetch two bottles',
    );
  });

  it('finds the task of a clause that points at one before it', () => {
    const permission = new WritePermission(
      'What about the milk task? Please mark it as done',
      null,
    );
    permission.take('complete-task', 'Buy milk');
    refused(permission, 'complete-task', 'Feed the cat');
  });

  it('says which kinds of change were not asked for', () => {
    const permission = new WritePermission('mark buying milk as done', null);
    expect(() => permission.take(['complete-task', 'rename-task'], 'Buy milk', 'Gone')).toThrow(
      'refused: the user did not ask for this (rename task)',
    );
  });
});
