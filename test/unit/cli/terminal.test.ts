import { describe, expect, it } from 'vitest';
import { findById } from '../../../src/cli/daily/find-by-id.ts';
import { printable, usesColours } from '../../../src/cli/terminal.ts';
import { textLog } from '../../../src/cli/text-log.ts';
import { createLogger } from '../../../src/kernel/logger.ts';

describe('text for the terminal', () => {
  it('loses what would steer the terminal, and keeps colours, tabs and letters', () => {
    expect(printable('a\u001b]0;title\u0007b\u001b[2Jc\rd\u009b31m')).toBe('a]0;titleb[2Jcd31m');
    expect(printable('\u001b[31mré\u001b[0m\t漢\n👋')).toBe('\u001b[31mré\u001b[0m\t漢\n👋');
  });

  it('is coloured on a terminal only, and never with NO_COLOR', () => {
    expect(usesColours({}, true)).toBe(true);
    expect(usesColours({}, false)).toBe(false);
    expect(usesColours({ CI: '1' }, false)).toBe(false);
    expect(usesColours({ NO_COLOR: '1', FORCE_COLOR: '1' }, true)).toBe(false);
    expect(usesColours({ FORCE_COLOR: '1' }, false)).toBe(true);
    expect(usesColours({ TERM: 'dumb' }, true)).toBe(false);
  });
});

describe('the log for people', () => {
  it('has time, level, subsystem, message and fields, without what people said', () => {
    let written = '';
    const output = { write: (text: string) => (written += text) };
    const log = createLogger({ level: 'info', revealPii: false }, textLog(output));
    log.child({ subsystem: 'jobs' }).warn({ kind: 'x\u001b[2J', n: 2, pii: 'Anna' }, 'job failed');
    log.debug('not written');
    expect(written).toMatch(
      /^\d\d:\d\d:\d\d warn {2}\[jobs\] job failed kind=x\[2J n=2 pii=\[redacted\]\n$/,
    );
  });
});

describe('the beginning of an id', () => {
  const entries = [{ id: 'abcd1111' }, { id: 'abcd2222' }, { id: 'ffff0000' }];

  it('means the one entry that begins so', () => {
    expect(findById(entries, 'FFFF', 'task')).toBe(entries[2]);
    expect(findById(entries, 'abcd2222', 'task')).toBe(entries[1]);
  });

  it.each([
    ['abcd', /fits several: abcd1111, abcd2222/],
    ['ff', /at least 4 characters/],
    ['9999', /There is no task "9999"/],
  ])('%s is refused', (typed, message) => {
    expect(() => findById(entries, typed, 'task')).toThrow(message);
  });
});
