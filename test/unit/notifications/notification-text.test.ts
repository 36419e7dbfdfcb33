import { describe, expect, it } from 'vitest';
import { reminderAt } from '../../../src/notifications/notification-text.ts';

describe('when a user is reminded of a task', () => {
  const zone = 'Europe/Berlin';
  const at = (text: string) => Date.parse(text);

  it('is when it is due, if it is due at a time of day', () => {
    const due = at('2026-05-04T15:30:00+02:00');
    expect(reminderAt(due, zone)).toBe(due);
  });

  it.each(['2026-05-04T00:00:00+02:00', '2026-05-04T23:59:00+02:00'])(
    'is in the morning, if it is due on a day: %s',
    (due) => {
      expect(reminderAt(at(due), zone)).toBe(at('2026-05-04T09:00:00+02:00'));
    },
  );
});
