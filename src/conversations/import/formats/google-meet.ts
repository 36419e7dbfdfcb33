import { DateTime } from 'luxon';
import { countWords } from '../../../text/word-count.ts';
import { parseClock } from '../clock-time.ts';
import { type ImportedTurn, LeftOutCounter, MS_PER_WORD, talkOf } from '../imported-transcript.ts';
import { SpeakerLabels } from '../speaker-labels.ts';
import type { TextFile, TranscriptFormat } from '../transcript-format.ts';

/** `00:05:00` above the minutes that follow. */
const SECTION = /^\d{1,2}:\d{2}:\d{2}$/u;
const ENDED = /^[*_]{0,3}(?:meeting|transcription) ended after \d{1,2}:\d{2}:\d{2}/iu;
const NOTICE =
  /^[*_]{0,3}(?:this editable transcript was computer generated|you should review gemini)/iu;
/** `abc-defg-hij (2026-03-10 14:00 GMT+1) - Transcript`. */
const TITLE =
  /^(?<name>.{1,200}?) \((?<date>\d{4}[-/]\d{2}[-/]\d{2}) (?<time>\d{2}:\d{2}) (?<zone>[A-Z]{2,5}(?:[+-]\d{1,2}(?::?\d{2})?)?)\) [-–] transcript$/iu;

/** The document that Google Meet makes of a meeting, as text or Markdown. */
export const googleMeet: TranscriptFormat = {
  id: 'google-meet',
  family: 'text',
  title: 'Google Meet transcript document as text',
  recognise: ({ plainLines }) => {
    const isSigned = plainLines.some((line) => ENDED.test(line) || NOTICE.test(line));
    return isSigned || plainLines.some((line) => TITLE.test(line)) ? 0.97 : 0;
  },
  parse: (file) => {
    const leftOut = new LeftOutCounter();
    const turns = turnsOf(file, leftOut);
    const title = file.plainLines.map((line) => TITLE.exec(line)?.groups).find(Boolean);
    return {
      talks: [
        talkOf(turns, {
          title: title?.name ?? null,
          startedAt: title ? startOf(title, file.timeZone) : null,
        }),
      ],
      leftOut: leftOut.list(),
    };
  },
};

function turnsOf(file: TextFile, leftOut: LeftOutCounter): ImportedTurn[] {
  const lines = file.plainLines;
  const attendees = attendeesOf(lines);
  const labels = new SpeakerLabels(lines, [...attendees, ...file.knownNames]);
  const turns: ImportedTurn[] = [];
  let at = 0;
  for (const line of lines) {
    if (line === '') continue;
    const labelled = labels.split(line);
    const last = turns.at(-1);
    if (SECTION.test(line)) at = Math.max(at, parseClock(line) ?? at);
    else if (ENDED.test(line) || NOTICE.test(line))
      leftOut.add('line of the program that wrote it', line);
    else if (labelled || last) {
      const words = labelled?.words ?? line;
      const ms = countWords(words) * MS_PER_WORD;
      if (labelled)
        turns.push({ speaker: labelled.speaker, text: words, startMs: at, endMs: at + ms });
      else if (last)
        Object.assign(last, {
          text: last.text === '' ? words : `${last.text} ${words}`,
          endMs: last.endMs + ms,
        });
      at += ms;
    } else leftOut.add('heading line', line);
  }
  return turns.filter((turn) => turn.text !== '');
}

/** The names below the heading `Attendees`. */
function attendeesOf(lines: readonly string[]): string[] {
  const heading = lines.findIndex((line) => /^(?:attendees|invited|teilnehmer)\b/iu.test(line));
  if (heading < 0) return [];
  const list = lines.slice(heading + 1, heading + 4).find((line) => line !== '') ?? '';
  return list.split(',').map((name) => name.trim());
}

function startOf(title: Record<string, string | undefined>, timeZone: string): number | null {
  const { date = '', time = '', zone = '' } = title;
  const offset = /^(?:GMT|UTC)(?<offset>[+-]\d{1,2}(?::?\d{2})?)?$/iu.exec(zone)?.groups;
  const named = offset ? `UTC${offset.offset ?? ''}` : timeZone;
  const begun = DateTime.fromISO(`${date.replaceAll('/', '-')}T${time}`, { zone: named });
  return begun.isValid ? begun.toMillis() : null;
}
