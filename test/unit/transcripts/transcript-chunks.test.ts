import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { makeSegment } from '../../../src/model/conversations/transcript-segment.ts';
import { decodeTranscriptChunk, encodeTranscript } from '../../../src/transcripts/transcript.ts';
import { DocumentDigest } from '../../../src/transfer/document-digest.ts';

/** Text that does not get much shorter by deflating it. */
function noise(i: number, bytes: number): string {
  let text = '';
  for (let part = 0; text.length < bytes; part += 1) {
    text += createHash('sha512').update(`${i} ${part}`).digest('base64');
  }
  return text;
}

describe('the chunks of a transcript', () => {
  it('hold a long talk in one', async () => {
    const segments = Array.from({ length: 2000 }, (_, i) =>
      makeSegment({ id: `s${i}`, text: `What was said ${i}.`, startMs: i * 10, endMs: i * 10 + 9 }),
    );
    expect(await encodeTranscript('c', segments)).toHaveLength(1);
    expect(await encodeTranscript('c', [])).toEqual([]);
  });

  it('stay below what one document takes, and keep the order', async () => {
    const segments = Array.from({ length: 900 }, (_, i) =>
      makeSegment({ id: `s${i}`, text: noise(i, 1000), startMs: i * 10, endMs: i * 10 + 9 }),
    );
    const chunks = await encodeTranscript('c', segments);
    expect(chunks.map(({ id, index }) => [id, index])).toEqual(chunks.map((_, i) => [`c:${i}`, i]));
    expect(chunks.length).toBeGreaterThan(1);
    for (const { segmentsZlibBase64 } of chunks) {
      expect(Buffer.from(segmentsZlibBase64, 'base64').length).toBeLessThanOrEqual(270_000);
    }
    const decoded = await Promise.all(chunks.map(decodeTranscriptChunk));
    expect(decoded.flat()).toEqual(segments);
    // The first as full as it gets: Omi's tools see no other.
    expect(Buffer.from(chunks[0]?.segmentsZlibBase64 ?? '', 'base64').length).toBeGreaterThan(
      200_000,
    );
  });

  it('are the same to a checksum however they were deflated, and not where a word differs', () => {
    const segment = makeSegment({ id: 's', text: 'Hello.', startMs: 0, endMs: 9 });
    const { originalText: _, ...older } = segment;
    const digestOf = (value: object, level: number) => {
      const segmentsZlibBase64 = deflateSync(JSON.stringify([value]), { level }).toString('base64');
      const digest = new DocumentDigest();
      const chunk = { id: 'c:0', conversationId: 'c', index: 0, segmentsZlibBase64 };
      digest.add('transcript_chunks', chunk);
      return digest.checksum;
    };
    expect(digestOf(older, 1)).toBe(digestOf(segment, 9));
    expect(digestOf({ ...segment, text: 'Hullo.' }, 9)).not.toBe(digestOf(segment, 9));
  });
});
