import type { Conversation } from '../model/conversation.ts';
import { toIso } from '../model/timestamp.ts';
import type { TranscriptSegment } from '../model/transcript-segment.ts';

/** Who is who, for people to read. */
export type NameOf = (segment: TranscriptSegment) => string;

/** A conversation as Markdown: title, overview, tasks, events, then who said what and when. */
export function conversationMarkdown(
  conversation: Conversation,
  segments: readonly TranscriptSegment[],
  nameOf: NameOf,
): string {
  const { structured } = conversation;
  const began = toIso(conversation.startedAt ?? conversation.createdAt);
  const parts = [
    `# ${structured.emoji} ${oneLine(structured.title) || 'Untitled'}`,
    `${began} · ${structured.category} · ${conversation.status}`,
  ];
  if (structured.overview !== '') parts.push(structured.overview);
  if (structured.actionItems.length > 0) {
    const items = structured.actionItems.map(({ completed, description, dueAt }) => {
      const due = dueAt === null ? '' : ` (due ${toIso(dueAt)})`;
      return `- [${completed ? 'x' : ' '}] ${oneLine(description)}${due}`;
    });
    parts.push('## Action items', items.join('\n'));
  }
  if (structured.events.length > 0) {
    const events = structured.events.map(
      ({ title, start, durationMinutes }) =>
        `- ${toIso(start)}, ${durationMinutes} min: ${oneLine(title)}`,
    );
    parts.push('## Events', events.join('\n'));
  }
  if (segments.length > 0) {
    const lines = segments.map(
      (segment) => `**${nameOf(segment)}** ${clock(segment.startMs, 0)}: ${oneLine(segment.text)}`,
    );
    parts.push('## Transcript', lines.join('\n\n'));
  }
  return `${parts.join('\n\n')}\n`;
}

/** What a cue lasts at least whose segment has no length, milliseconds: for each character, and in all. */
const MS_PER_CHARACTER = 60;
const SHORTEST_CUE_MS = 300;

/** The transcript as WebVTT, with voices; https://www.w3.org/TR/webvtt1/ */
export function conversationVtt(segments: readonly TranscriptSegment[], nameOf: NameOf): string {
  // Conversations of older releases may have words from before their start. No cue has a negative time.
  const shiftMs = -segments.reduce((least, { startMs }) => Math.min(least, startMs), 0);
  const cues = segments.map((segment) => {
    const start = segment.startMs + shiftMs;
    const estimatedMs = Math.max(SHORTEST_CUE_MS, segment.text.length * MS_PER_CHARACTER);
    const end = segment.endMs > segment.startMs ? segment.endMs + shiftMs : start + estimatedMs;
    const voice = nameOf(segment).replace(/[<>&\n\r]/g, ' ');
    return `${clock(start, 3)} --> ${clock(end, 3)}\n<v ${voice}>${escapeCue(segment.text)}`;
  });
  return `${['WEBVTT', ...cues].join('\n\n')}\n`;
}

function escapeCue(text: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return oneLine(escaped);
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** `hh:mm:ss`, with so many digits of a second's fraction. */
function clock(ms: number, digits: 0 | 3): string {
  const whole = Math.max(0, Math.round(ms));
  const pad = (value: number, length = 2) => String(Math.floor(value)).padStart(length, '0');
  const seconds = `${pad(whole / 3_600_000)}:${pad((whole / 60_000) % 60)}:${pad((whole / 1000) % 60)}`;
  return digits === 0 ? seconds : `${seconds}.${pad(whole % 1000, 3)}`;
}
