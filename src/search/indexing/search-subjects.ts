import { personalName, users } from '../../model/accounts/user.ts';
import { GLOBAL } from '../../model/collection.ts';
import { type Conversation, conversations } from '../../model/conversations/conversation.ts';
import { type Memory, memories } from '../../model/memory.ts';
import { people } from '../../model/people/person.ts';
import type { SearchChange } from '../../model/search-change.ts';
import { type ActionItem, actionItems } from '../../model/tasks/action-item.ts';
import type { DocumentReader } from '../../store/document-store.ts';
import { loadTranscript } from '../../transcripts/transcript.ts';
import type { SearchUpdate } from '../search-index.ts';
import {
  actionItemDocuments,
  conversationDocuments,
  memoryDocuments,
  type SpeakerNames,
} from './search-documents.ts';

/** Updates that say what each changed subject is now; one that is gone has no documents. */
export async function loadSubjects(
  reader: DocumentReader,
  uid: string,
  changes: readonly Pick<SearchChange, 'kind' | 'subjectId'>[],
): Promise<SearchUpdate[]> {
  const idsOf = (kind: SearchChange['kind']) =>
    changes.filter((change) => change.kind === kind).map((change) => change.subjectId);
  const found = new Map<string, SearchUpdate>();
  const keep = (updates: readonly SearchUpdate[]) => {
    for (const update of updates) found.set(keyOf(update), update);
  };
  keep(
    await conversationUpdates(
      reader,
      uid,
      await reader.findMany(conversations, uid, idsOf('conversation')),
    ),
  );
  keep(memoryUpdates(await reader.findMany(memories, uid, idsOf('memory'))));
  keep(actionItemUpdates(await reader.findMany(actionItems, uid, idsOf('action_item'))));
  return changes.map(
    ({ kind, subjectId }) =>
      found.get(keyOf({ kind, subjectId })) ?? { kind, subjectId, documents: [] },
  );
}

/** Updates of conversations with their transcripts, live or finalised. */
export async function conversationUpdates(
  reader: DocumentReader,
  uid: string,
  documents: readonly Conversation[],
): Promise<SearchUpdate[]> {
  if (documents.length === 0) return [];
  const transcripts = [];
  for (const conversation of documents) {
    transcripts.push({ conversation, segments: await loadTranscript(reader, uid, conversation) });
  }
  const personIds = transcripts.flatMap(({ segments }) => segments.map((s) => s.personId));
  const names = await loadNames(reader, uid, personIds);
  return transcripts.map(({ conversation, segments }) => ({
    kind: 'conversation',
    subjectId: conversation.id,
    documents: conversationDocuments(conversation, segments, names),
  }));
}

export function memoryUpdates(documents: readonly Memory[]): SearchUpdate[] {
  return documents.map((memory) => ({
    kind: 'memory',
    subjectId: memory.id,
    documents: memoryDocuments(memory),
  }));
}

export function actionItemUpdates(documents: readonly ActionItem[]): SearchUpdate[] {
  return documents.map((item) => ({
    kind: 'action_item',
    subjectId: item.id,
    documents: actionItemDocuments(item),
  }));
}

async function loadNames(
  reader: DocumentReader,
  uid: string,
  personIds: readonly (string | null)[],
): Promise<SpeakerNames> {
  const ids = [...new Set(personIds.filter((id) => id !== null))];
  const found = await reader.findMany(people, uid, ids);
  const user = await reader.find(users, GLOBAL, uid);
  return {
    user: personalName(user),
    people: new Map(found.map((p) => [p.id, p.name])),
    timeZone: user?.timeZone ?? null,
  };
}

function keyOf(subject: Pick<SearchUpdate, 'kind' | 'subjectId'>): string {
  return `${subject.kind}:${subject.subjectId}`;
}
