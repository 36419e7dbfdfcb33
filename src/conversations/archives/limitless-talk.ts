/** A talk in an export of Limitless. Source: the exported files themselves, `lifelogs/YYYY/MM/…md`. */
export interface LimitlessTalk {
  /** Epoch milliseconds. */
  startedAt: number;
  title: string;
  /** Its headings, one in a line; else the beginning of what was said. */
  overview: string;
  /** Its headings as Markdown; null without any. */
  summary: string | null;
  /** Times in milliseconds from the first word. */
  turns: { speaker: string; text: string; startMs: number; endMs: number }[];
}

const NAME = /(\d{4})-(\d{2})-(\d{2})_(\d{2})h(\d{2})m(\d{2})s_?([^/]*)\.md$/u;
const TURN = /^> \[([^\]]{1,200})\]\(#startMs=(\d{1,15})&endMs=(\d{1,15})\): ?(.*)$/u;
const OVERVIEW_CHARACTERS = 500;

/** Returns true for a file of an export that is a talk. */
export function isLimitlessTalk(name: string): boolean {
  return name.endsWith('.md') && /(?:^|\/)lifelogs\//u.test(name);
}

/** Reads a talk; null if nothing was said in it, or its name has no time. */
export function parseLimitlessTalk(name: string, text: string): LimitlessTalk | null {
  const named = NAME.exec(name);
  const startedAt = named && timeOf(named);
  if (!named || startedAt === null) return null;
  const lines = text.split(/\r?\n/u);
  const said = lines.flatMap(turnOf);
  if (said.length === 0) return null;
  const first = said.reduce((least, { startMs }) => Math.min(least, startMs), Infinity);
  const turns = said
    .map((turn) => ({ ...turn, startMs: turn.startMs - first, endMs: turn.endMs - first }))
    .sort((a, b) => a.startMs - b.startMs);
  const slug = (named[7] ?? '').replace(/[-_]+/gu, ' ').trim();
  const headings = lines.filter((line) => /^#{2,3} \S/u.test(line));
  const spoken = turns.map((turn) => turn.text).join(' ');
  return {
    startedAt,
    title: titleOf(lines) ?? (slug === '' ? 'Imported Conversation' : slug),
    overview:
      headings.length > 0
        ? headings.map((line) => line.replace(/^#+ /u, '').trim()).join('\n')
        : spoken.slice(0, OVERVIEW_CHARACTERS),
    summary: summaryOf(headings),
    turns,
  };
}

function timeOf([, year, month, day, hour, minute, second]: RegExpExecArray): number | null {
  const text = `${year}-${month}-${day}T${hour}:${minute}:${second}Z`;
  const time = Date.parse(text);
  return Number.isNaN(time) ? null : time;
}

function turnOf(line: string): LimitlessTalk['turns'] {
  const [, speaker = '', start, end, text = ''] = TURN.exec(line) ?? [];
  if (start === undefined || text.trim() === '') return [];
  const startMs = Number(start);
  return [{ speaker, text: text.trim(), startMs, endMs: Math.max(startMs, Number(end)) }];
}

function titleOf(lines: readonly string[]): string | null {
  const line = lines.find((one) => /^# \S/u.test(one));
  return line === undefined ? null : line.slice(2).trim();
}

/** Second-level headings stay, third-level ones become points below them; alone, all are points. */
function summaryOf(headings: readonly string[]): string | null {
  if (headings.length === 0) return null;
  const hasPoints = headings.some((line) => line.startsWith('### '));
  return headings
    .map((line) => (hasPoints && line.startsWith('## ') ? line : `- ${line.replace(/^#+ /u, '')}`))
    .join('\n');
}
