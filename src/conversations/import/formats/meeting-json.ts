import { z } from 'zod';
import { flattenText, talkOf, timeTurns } from '../imported-transcript.ts';
import { jsonFormat } from '../transcript-format.ts';

/** Meetings of the QMSum collection; other keys of such a file are not used. */
export const meetingJson = jsonFormat({
  id: 'qmsum',
  title: 'QMSum meetings',
  schema: z.object({
    meeting_transcripts: z.array(z.object({ speaker: z.string(), content: z.string() })),
  }),
  toTalks: ({ meeting_transcripts: turns }) => [
    talkOf(
      timeTurns(
        turns
          .map(({ speaker, content }) => ({
            speaker: flattenText(speaker) || null,
            text: flattenText(content),
          }))
          .filter((turn) => turn.text !== ''),
      ),
    ),
  ],
});
