import { importKeyOf } from '../../conversations/import/import-key.ts';
import { durationOf, type ImportedTalk } from '../../conversations/import/imported-transcript.ts';
import { isPersonName } from '../../conversations/import/speaker-name.ts';
import { isMe, userOf } from '../../conversations/import/turn-segments.ts';
import type { StreamMessage, StreamSource } from './stream-message.ts';

export interface SuggestionOptions {
  /** The name of the user among the speakers, null where the user does not speak. */
  me: string | null;
  /** Id of the person of this name, made where there is none. */
  personId: (name: string) => Promise<string>;
}

/** The server takes 20,000 characters a segment. */
const MAX_SEGMENT_CHARACTERS = 15_000;

/**
 * A transcript as the messages of a client that recognises speech by itself, a turn each.
 *
 * @param format id of the format that the transcript was read as
 */
export async function suggestionSource(
  { turns, userLabel }: ImportedTalk,
  format: string,
  options: SuggestionOptions,
): Promise<StreamSource> {
  const labels = new Map<string | null, string>();
  const personIds = new Map<string, string>();
  const me = userOf(turns, options.me, userLabel);
  const messages: StreamMessage[] = [];
  for (const turn of turns) {
    const { speaker, startMs, endMs } = turn;
    const label = labels.get(speaker) ?? `SPEAKER_${String(labels.size).padStart(2, '0')}`;
    labels.set(speaker, label);
    const isUser = isMe(speaker, me);
    if (speaker !== null && !isUser && isPersonName(speaker) && !personIds.has(speaker)) {
      personIds.set(speaker, await options.personId(speaker));
    }
    const segments = piecesOf(turn.text).map((text) => ({
      text,
      speaker: label,
      is_user: isUser,
      person_id: (speaker !== null && !isUser && personIds.get(speaker)) || null,
      start: startMs / 1000,
      end: endMs / 1000,
    }));
    messages.push({
      dueMs: endMs,
      data: JSON.stringify({ type: 'suggested_transcript', stt_provider: 'file', segments }),
    });
  }
  return {
    kind: 'text',
    importKey: importKeyOf(turns, me),
    description: `transcript (${format}), ${turns.length} turns`,
    query: { custom_stt: 'enabled', codec: 'pcm16', sample_rate: '16000' },
    durationMs: durationOf(turns),
    messages,
  };
}

/** Cuts a text between words into pieces that a segment may hold. */
function piecesOf(text: string): string[] {
  const pieces: string[] = [];
  let rest = text;
  while (rest.length > MAX_SEGMENT_CHARACTERS) {
    const space = rest.lastIndexOf(' ', MAX_SEGMENT_CHARACTERS);
    const cut = space > 0 ? space : MAX_SEGMENT_CHARACTERS;
    pieces.push(rest.slice(0, cut));
    rest = rest.slice(cut).trimStart();
  }
  return [...pieces, rest];
}
