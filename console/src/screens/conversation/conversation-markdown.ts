import type { Conversation } from '../../api/types.ts';

/** A conversation as Markdown: title, overview, tasks as check boxes, the words by speaker. */
export function conversationMarkdown({ structured, transcript_segments }: Conversation): string {
  const parts = [`# ${oneLine(structured.title)}`, structured.overview];
  if (structured.action_items.length > 0) {
    const tasks = structured.action_items.map(
      ({ completed, description }) => `- [${completed ? 'x' : ' '}] ${oneLine(description)}`,
    );
    parts.push(tasks.join('\n'));
  }
  const turns = transcript_segments.map((segment) => {
    const who = segment.is_user ? 'You' : `Speaker ${segment.speaker_id + 1}`;
    return `**${who}:** ${segment.text}`;
  });
  parts.push(...turns);
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
