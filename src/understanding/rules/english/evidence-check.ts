import { contentStems } from '../../../text/stems.ts';
import type {
  ActionItemClaim,
  Understanding,
  UnderstandingInput,
} from '../../understanding-engine.ts';
import { cleanSpeech } from '../clean-speech.ts';
import { cleanEnglish } from './clean-english.ts';
import { plainOf } from './facts/statements.ts';

/** True if all content words of `claim` are in `known` or occur in the segments it cites. */
function isSupported(
  claim: string,
  segmentIds: readonly string[],
  stems: Map<string, Set<string>>,
  known: ReadonlySet<string> = new Set(),
): boolean {
  if (segmentIds.length === 0) return false;
  return contentStems(claim).every(
    (word) => known.has(word) || segmentIds.some((id) => stems.get(id)?.has(word)),
  );
}

/**
 * The understanding without the claims whose content words (an event's: its title's) are not all in
 * the segments they cite. Claims are made from those words, so that little is lost here; it holds
 * whatever the rules above it do.
 */
export function dropUnsupported(
  understanding: Understanding,
  { segments, knownFacts }: Pick<UnderstandingInput, 'segments' | 'knownFacts'>,
): Understanding {
  const cited = new Set<string>();
  const { actionItems, suggestedTasks, events, memories } = understanding;
  for (const { segmentIds } of [...actionItems, ...suggestedTasks, ...events, ...memories]) {
    for (const id of segmentIds) cited.add(id);
  }
  const stems = new Map<string, Set<string>>();
  for (const segment of segments) {
    if (!cited.has(segment.id)) continue;
    // Words broken by a recogniser's spacing ("H M Ms") count joined as well.
    const joined = segment.text.replace(/\b(\p{Lu}) (?=\p{Lu})/gu, '$1').replaceAll('_', '');
    stems.set(
      segment.id,
      new Set([
        ...contentStems(segment.text),
        ...contentStems(joined),
        ...contentStems(cleanSpeech(segment.text, { clean: cleanEnglish })),
      ]),
    );
  }
  // "Appointment with Dr Lang": the name is the speaker's.
  const speakers = new Set(
    contentStems(['appointment', ...segments.map(({ name }) => name ?? '')].join(' ')),
  );
  const isTaskSaid = ({ description, segmentIds }: ActionItemClaim): boolean =>
    isSupported(afterVerb(description), segmentIds, stems, speakers);
  return {
    ...understanding,
    actionItems: actionItems.filter(isTaskSaid),
    suggestedTasks: suggestedTasks.filter(isTaskSaid),
    events: events.filter((event) => isSupported(event.title, event.segmentIds, stems, speakers)),
    memories: memories.filter(({ content, segmentIds, replaces }) => {
      const ended = knownFacts.filter(({ id }) => replaces.includes(id));
      const known = new Set([
        ...['liv', 'longer', 'year', 'old', 'allergic', 'work'],
        ...(isVerbSaid(content, segmentIds, segments)
          ? contentStems(content.split(' ')[0] ?? '')
          : []),
        ...ended.flatMap((fact) => contentStems(fact.content)),
      ]);
      return isSupported(content, segmentIds, stems, known);
    }),
  };
}

/** A task without its verb, which may have been said in another form: "bought". */
function afterVerb(description: string): string {
  return description.replace(/^\S+ /, '');
}

/** True if the verb of a fact was said in its plain form: "owns" if "own" was. */
function isVerbSaid(
  content: string,
  ids: readonly string[],
  segments: UnderstandingInput['segments'],
): boolean {
  const plain = plainOf((content.split(' ')[0] ?? '').toLowerCase());
  return segments.some(
    ({ id, text }) =>
      ids.includes(id) &&
      text
        .toLowerCase()
        .split(/[^\p{L}]+/u)
        .includes(plain),
  );
}
