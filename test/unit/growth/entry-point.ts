/** A function that reads text which a user, a client or a file sent. */
export interface EntryPoint {
  name: string;
  read: (text: string) => unknown;
  /** What is worst for it when repeated. A part before a `|` stands once, at the beginning. */
  worst: readonly string[];
}

/** Characters and words on which patterns of more than linear cost are caught most often. */
export const USUAL_WORST = [
  ...[' ', '\n', '\t ', 'a', 'A ', '0', '1:', '"', '“', '„', '«', "'", '(', '[', '{', '<', '>'],
  ...[
    ': ',
    ', ',
    '.',
    '? ',
    '-',
    ' - ',
    '—',
    '@',
    'a@',
    '=',
    '_',
    '/',
    '\u0301',
    '👍',
    '漢',
    'ไทย',
  ],
  ...['\ud800', 'and ', "I'm ", 'from ', 'next tuesday at 3pm or ', '](', '<a href="'],
];

/** The moment and the zone in which times are read. */
export const LOCAL = { now: Date.parse('2026-11-10T10:00:00Z'), timeZone: 'Europe/Berlin' };
