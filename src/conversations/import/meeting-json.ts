import { z } from 'zod';
import { AppError } from '../../kernel/errors.ts';
import { flattenText, type ImportedTurn, timeTurns } from './imported-transcript.ts';

/** The shape of QMSum meetings; other keys of such a file are not used. */
const meetingSchema = z.object({
  meeting_transcripts: z.array(z.object({ speaker: z.string(), content: z.string() })),
});

/** Turns of `{"meeting_transcripts": [{"speaker": …, "content": …}]}`; `bad-request` otherwise. */
export function parseMeetingJson(text: string): ImportedTurn[] {
  const parsed = meetingSchema.safeParse(readJson(text));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const where = issue?.path.join('.') || 'the whole';
    throw new AppError(
      'bad-request',
      `It is not a meeting: ${where}: ${issue?.message ?? 'not valid'}. Expected {"meeting_transcripts": [{"speaker": "…", "content": "…"}]}.`,
    );
  }
  return timeTurns(
    parsed.data.meeting_transcripts
      .map(({ speaker, content }) => ({
        speaker: flattenText(speaker) || null,
        text: flattenText(content),
      }))
      .filter((turn) => turn.text !== ''),
  );
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    // The parser's own message quotes what was said.
    throw new AppError('bad-request', 'It is not valid JSON.', { cause });
  }
}
