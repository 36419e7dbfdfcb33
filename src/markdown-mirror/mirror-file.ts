import { parse, stringify } from 'yaml';

/** A task of a conversation as a line of its file. */
export interface MirroredTask {
  /** Null: the user has written the line. */
  id: string | null;
  description: string;
  isDone: boolean;
}

/** What of a conversation's file can be edited, and flows back. */
export interface EditableParts {
  title: string;
  notes: string;
  tasks: MirroredTask[];
}

/** What a file shows of a conversation. */
export interface MirroredConversation extends EditableParts {
  id: string;
  /** ISO 8601. */
  startedAt: string;
  category: string;
  people: string[];
  events: string[];
  /** Lines of the transcript, with names. */
  transcript: string[];
}

/** What is read from a file. */
export interface ReadFile extends EditableParts {
  id: string;
  /** Fields of the front matter that are the user's own. */
  ownFields: Record<string, unknown>;
  /** Sections that are the user's own, from the first of them to the end. */
  ownSections: string;
}

const FENCE = '---';
const KEYS = ['omi', 'title', 'date', 'category', 'people'];
const SECTIONS = ['## Tasks', '## Events', '## Transcript'];
const TASK = /^- \[([ xX])\] (.*)$/;
/** Obsidian's name of a block: ties the line to its task. */
const TASK_ID = / \^([\w-]{1,100})$/;
/** More is no file of ours. */
export const MAX_FILE_BYTES = 4 * 2 ** 20;

/** Returns the Markdown of a conversation; what is the user's own in `before` is kept. */
export function writeMirrorFile(
  shown: MirroredConversation,
  before: Pick<ReadFile, 'ownFields' | 'ownSections'> | null,
): string {
  const fields = {
    omi: shown.id,
    title: shown.title,
    date: shown.startedAt,
    category: shown.category,
    people: shown.people,
    ...before?.ownFields,
  };
  const tasks = shown.tasks.map(
    ({ id, description, isDone }) =>
      `- [${isDone ? 'x' : ' '}] ${oneLine(description)}${id === null ? '' : ` ^${id}`}`,
  );
  const parts = [
    `${FENCE}\n${stringify(fields)}${FENCE}`,
    ...(shown.notes === '' ? [] : [escapeHeadings(shown.notes)]),
    `## Tasks${tasks.length === 0 ? '' : `\n\n${tasks.join('\n')}`}`,
    ...section('## Events', shown.events, '\n'),
    ...section('## Transcript', shown.transcript, '\n\n'),
    ...(before?.ownSections ? [before.ownSections] : []),
  ];
  return `${parts.join('\n\n')}\n`;
}

function section(heading: string, lines: readonly string[], between: string): string[] {
  return lines.length === 0 ? [] : [`${heading}\n\n${lines.map(oneLine).join(between)}`];
}

/** Returns what a file says; null if it is none of a mirror, or its front matter cannot be read. */
export function readMirrorFile(text: string): ReadFile | null {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  const end = lines[0] === FENCE ? lines.indexOf(FENCE, 1) : -1;
  if (end < 0) return null;
  const fields = parseFields(lines.slice(1, end).join('\n'));
  if (typeof fields?.omi !== 'string') return null;
  const body = lines.slice(end + 1);
  const isHeading = (line: string) => line.startsWith('## ');
  const firstHeading = body.findIndex(isHeading);
  const notes = body.slice(0, firstHeading < 0 ? body.length : firstHeading);
  const own = body.findIndex((line) => isHeading(line) && !SECTIONS.includes(line.trim()));
  const known = body.slice(0, own < 0 ? body.length : own);
  return {
    id: fields.omi,
    title: typeof fields.title === 'string' ? fields.title.trim() : '',
    notes: unescapeHeadings(notes.join('\n').trim()),
    tasks: tasksIn(known),
    ownFields: Object.fromEntries(Object.entries(fields).filter(([key]) => !KEYS.includes(key))),
    ownSections: own < 0 ? '' : body.slice(own).join('\n').trim(),
  };
}

function parseFields(text: string): Record<string, unknown> | null {
  try {
    const parsed: unknown = parse(text);
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : null;
  } catch {
    // The user is in the middle of an edit, or it is a file of somebody else.
    return null;
  }
}

function tasksIn(body: readonly string[]): MirroredTask[] {
  const from = body.findIndex((line) => line.trim() === '## Tasks');
  if (from < 0) return [];
  const rest = body.slice(from + 1);
  const to = rest.findIndex((line) => line.startsWith('## '));
  return rest.slice(0, to < 0 ? rest.length : to).flatMap((line) => {
    const [, mark, said = ''] = TASK.exec(line.trim()) ?? [];
    if (mark === undefined) return [];
    const id = TASK_ID.exec(said)?.[1] ?? null;
    const description = said.replace(TASK_ID, '').trim();
    return description === '' ? [] : [{ id, description, isDone: mark !== ' ' }];
  });
}

/** A heading of our own kind within notes would end them. */
function escapeHeadings(notes: string): string {
  return notes.replaceAll(/^(\\*## )/gm, '\\$1');
}

function unescapeHeadings(notes: string): string {
  return notes.replaceAll(/^\\(\\*## )/gm, '$1');
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** Returns the name of a new file: the day and the title, without what file systems or Obsidian refuse. */
export function mirrorFileName({ startedAt, title }: MirroredConversation): string {
  const plain = oneLine(title)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: file names must not have them
    .replaceAll(/[\\/:*?"<>|#^[\]\u0000-\u001f]/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .slice(0, 80)
    .replaceAll(/^[. ]+|[. ]+$/g, '');
  return `${startedAt.slice(0, 10)} ${plain || 'Untitled'}.md`;
}
