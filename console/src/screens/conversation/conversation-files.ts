import type { Conversation, Segment } from '../../api/types.ts';

/** Returns the name of who speaks in a segment. */
export type NameOf = (segment: Segment) => string;

/** A conversation as Markdown: title, overview, tasks as check boxes, the words by speaker. */
export function toMarkdown({ structured, transcript_segments }: Conversation, nameOf: NameOf) {
  const parts = [`# ${oneLine(structured.title)}`, structured.overview];
  if (structured.action_items.length > 0) {
    const tasks = structured.action_items.map(
      ({ completed, description }) => `- [${completed ? 'x' : ' '}] ${oneLine(description)}`,
    );
    parts.push(tasks.join('\n'));
  }
  parts.push(...transcript_segments.map((one) => `**${oneLine(nameOf(one))}:** ${one.text}`));
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** The words of a conversation as plain text, a line for each part. */
export function toText({ structured, transcript_segments }: Conversation, nameOf: NameOf): string {
  const lines = transcript_segments.map(
    (one) => `[${stamp(one.start, '.').slice(0, 8)}] ${oneLine(nameOf(one))}: ${oneLine(one.text)}`,
  );
  return `${[oneLine(structured.title), '', ...lines].join('\n')}\n`;
}

/** The words of a conversation as captions: SubRip, or WebVTT with its voice tags. */
export function toCaptions(
  { transcript_segments }: Conversation,
  nameOf: NameOf,
  form: 'srt' | 'vtt',
): string {
  const mark = form === 'srt' ? ',' : '.';
  const cues = transcript_segments.map((one, index) => {
    // A cue without a length is not shown, and an empty line would end it.
    const end = Math.max(one.end, one.start + 0.001);
    const time = `${stamp(one.start, mark)} --> ${stamp(end, mark)}`;
    const text = plainCue(oneLine(one.text));
    const name = plainCue(oneLine(nameOf(one)));
    return form === 'srt'
      ? `${index + 1}\n${time}\n${name}: ${text}\n`
      : `${time}\n<v ${name}>${text}\n`;
  });
  return form === 'srt' ? cues.join('\n') : ['WEBVTT\n', ...cues].join('\n');
}

/** A name for the file of a conversation: its title without what file systems refuse. */
export function fileName({ structured, id }: Conversation, ending: string): string {
  const title = oneLine(structured.title)
    .replaceAll(/[^\p{L}\p{N}\p{M} ._-]/gu, '')
    .slice(0, 80)
    .trim();
  return `${title || id}.${ending}`;
}

/** Has the browser save a text as a file. */
export function saveFile(name: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** `01:02:03,456`: a time of captions, from seconds. */
function stamp(seconds: number, mark: ',' | '.'): string {
  const ms = Math.max(0, Math.round(seconds * 1000));
  const two = (value: number) => String(Math.floor(value) % 60).padStart(2, '0');
  const hours = String(Math.floor(ms / 3_600_000)).padStart(2, '0');
  return `${hours}:${two(ms / 60_000)}:${two(ms / 1000)}${mark}${String(ms % 1000).padStart(3, '0')}`;
}

/** Markup in captions would be read as tags, and an arrow as a time. */
function plainCue(text: string): string {
  return text.replaceAll('-->', '→').replaceAll('<', '‹').replaceAll('>', '›');
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
