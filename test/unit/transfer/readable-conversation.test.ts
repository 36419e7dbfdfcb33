import { describe, expect, it } from 'vitest';
import { parseTranscript } from '../../../src/conversations/import/parse-transcript.ts';
import { makeSegment } from '../../../src/model/transcript-segment.ts';
import { conversationVtt } from '../../../src/transfer/readable-conversation.ts';

const names: Record<string, string> = { SPEAKER_00: 'Marta', SPEAKER_01: 'Chidi' };

function vttOf(...parts: [text: string, startMs: number, endMs: number, speaker: number][]) {
  const segments = parts.map(([text, startMs, endMs, speaker], i) =>
    makeSegment({ id: String(i), text, startMs, endMs, speaker: `SPEAKER_0${speaker}` }),
  );
  return conversationVtt(segments, ({ speaker }) => names[speaker] ?? speaker);
}

async function importedAgain(vtt: string) {
  const { talks } = await parseTranscript(Buffer.from(vtt), { fileName: 'a.vtt', format: null });
  return talks
    .flatMap(({ turns }) => turns)
    .map(({ text, startMs, endMs }) => [text, startMs, endMs]);
}

describe('a transcript as WebVTT', () => {
  it('gives every cue a length and no negative time, and is imported again whole', async () => {
    const vtt = vttOf(
      ['Said before the start.', -8_000, -5_000, 1],
      ['No time at all.', 0, 0, 0],
      ['An end before its start.', 2_000, 1_000, 1],
      ['As it should be < or > & so on.', 5_000, 7_250, 0],
    );
    expect(vtt.match(/.* --> .*/gu)).toEqual([
      '00:00:00.000 --> 00:00:03.000',
      '00:00:08.000 --> 00:00:08.900',
      '00:00:10.000 --> 00:00:11.440',
      '00:00:13.000 --> 00:00:15.250',
    ]);
    expect(await importedAgain(vtt)).toEqual([
      ['Said before the start.', 0, 3_000],
      ['No time at all.', 8_000, 8_900],
      ['An end before its start.', 10_000, 11_440],
      ['As it should be < or > & so on.', 13_000, 15_250],
    ]);
  });

  it('leaves times alone that are right', () => {
    expect(vttOf(['One.', 1_000, 1_001, 0])).toContain('00:00:01.000 --> 00:00:01.001');
  });
});
