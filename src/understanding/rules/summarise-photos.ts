import type { Understanding } from '../understanding-engine.ts';
import { categorize, chooseEmoji } from './categorize.ts';
import { chooseRules } from './choose-rules.ts';
import type { CooperativeLoop } from './cooperative-loop.ts';
import { findKeyPhrases, weighStems } from './key-phrases.ts';
import { overviewOf, rankSentences, writeOverview } from './overview.ts';
import { splitSentences } from './sentences.ts';
import { writeTitle } from './title.ts';

/**
 * What a conversation comes to of which there are photos, but no talk worth keeping: title and
 * overview out of their descriptions, and no claims, since nobody has said anything.
 */
export async function summarisePhotos(
  photos: readonly string[],
  each: CooperativeLoop,
): Promise<Pick<Understanding, 'title' | 'overview' | 'emoji' | 'category'>> {
  const rules = chooseRules(photos);
  const sentences = await splitSentences(
    photos.map((text, index) => ({
      id: String(index),
      text,
      speaker: 'SPEAKER_0',
      name: null,
      isUser: false,
      startMs: index,
      endMs: index,
    })),
    each,
    rules,
  );
  const phrases = await findKeyPhrases(sentences, [], each, rules);
  const category = await categorize(sentences, phrases, each);
  const title = writeTitle(sentences, phrases, [], [], rules.titles);
  const told = writeOverview(
    await rankSentences(
      sentences,
      await weighStems(sentences, each, rules),
      phrases,
      each,
      rules.overviews,
    ),
    sentences.length,
  );
  return {
    title,
    overview: overviewOf(told) || (photos[0] ?? ''),
    emoji: chooseEmoji(title, category),
    category,
  };
}
