import { deflateSync, inflateSync } from 'node:zlib';
import { Timestamp } from '@google-cloud/firestore';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createUserCipher } from '../../../../src/kernel/user-cipher.ts';
import { GLOBAL } from '../../../../src/model/collection.ts';
import { COLLECTIONS } from '../../../../src/model/collections.ts';
import {
  segmentsToJson,
  type TranscriptSegment,
  transcriptSegmentSchema,
} from '../../../../src/model/transcript-segment.ts';
import { Layout } from '../../../../src/store/adapters/firestore/layout.ts';
import { OMI_FORMS } from '../../../../src/store/adapters/firestore/omi-forms.ts';
import {
  fromOmiTranscript,
  toOmiTranscript,
} from '../../../../src/store/adapters/firestore/omi-transcript.ts';
import { arbitraryOf } from '../../../fixtures/schema-arbitrary.ts';

/** Chunks are no documents of their own there, see below. */
const DOCUMENTS = COLLECTIONS.filter(({ name }) => name !== 'transcript_chunks');

describe('the form in Firestore', () => {
  it.each(DOCUMENTS.map((collection) => [collection.name, collection] as const))(
    'of %s gives the document back',
    (name, collection) => {
      const layout = new Layout(collection, OMI_FORMS.get(name));
      const updateTime = Timestamp.fromMillis(5_000_000_000_000);
      fc.assert(
        fc.property(arbitraryOf(collection.schema), (value) => {
          const document = collection.schema.parse(inTheClear(name, value));
          const owner = collection.scope === 'global' ? GLOBAL : uidOf(document);
          const stored = layout.toStored(owner, document);
          const at = {
            owner,
            id: document.id,
            path: `users/${owner}/x/${document.id}`,
            updateTime,
          };
          expect(layout.fromStored(stored, at)).toEqual(document);
        }),
        { numRuns: 60 },
      );
    },
  );

  it('knows every collection that it has a form for', () => {
    const names = new Set(COLLECTIONS.map(({ name }) => name));
    expect([...OMI_FORMS.keys()].filter((name) => !names.has(name))).toEqual([]);
  });
});

describe('a transcript in the form of Omi', () => {
  const segments = fc
    .array(arbitraryOf(transcriptSegmentSchema), { minLength: 1, maxLength: 4 })
    .map((values) => values as TranscriptSegment[])
    // A segment without an id is given one.
    .map((list) => list.map((segment, i) => ({ ...segment, id: segment.id || `s${i}` })));
  const cipher = createUserCipher('a secret of thirty-two bytes, or more');

  it.each([
    ['plain', null],
    ['encrypted', cipher],
  ])('%s gives back every field of every segment', (_name, used) => {
    fc.assert(
      fc.property(segments, (given) => {
        const chunk = deflateSync(segmentsToJson(given)).toString('base64');
        const stored = toOmiTranscript(chunk, 'ada', used);
        const back = fromOmiTranscript(stored, 'c', 'ada', used);
        const json = inflateSync(Buffer.from(back ?? '', 'base64')).toString('utf8');
        expect(JSON.parse(json)).toEqual(given);
        expect(back).toBe(chunk);
      }),
      { numRuns: 60 },
    );
  });
});

/** Their level says whether their text is encrypted; these have theirs in the clear. */
const WITH_LEVEL = new Set(['memories', 'conversation_photos']);
function inTheClear(name: string, value: unknown): unknown {
  return WITH_LEVEL.has(name) ? { ...Object(value), dataProtectionLevel: 'standard' } : value;
}

function uidOf(document: { id: string; uid?: unknown }): string {
  return typeof document.uid === 'string' ? document.uid : 'ada';
}
