import { idFromText } from '../kernel/ids.ts';
import type { Conversation } from '../model/conversations/conversation.ts';
import type { GraphEdge, GraphNode, KnowledgeGraph, NodeType } from '../model/knowledge-graph.ts';
import type { Memory } from '../model/memory.ts';
import type { Person } from '../model/people/person.ts';

/** Words that make a name after them a place or an organization, by the word before the preposition. */
const PLACE_VERBS =
  /^(?:lives?|lived|living|moved?|moving|born|grew|raised|stays?|travels?|travell?ed|flew|flies|visited|visits?)$/;
const WORK_VERBS =
  /^(?:works?|worked|working|employed|studies|studied|graduated|interns?|volunteers?)$/;
const PREPOSITION = /^(?:in|at|to|from|for|near|of|with|on|up)$/;
/** Words inside a name that are written small: "Bank of England". */
const INSIDE_NAME = /^(?:of|de|la|von|van|der|the|y|del|du)$/;
/** Words that begin with a capital and name nothing. */
const NO_NAME =
  /^(?:I|I'm|I've|The|A|An|My|His|Her|Their|Our|He|She|They|We|It|User|User's|Is|Has|Was|Prefers|Likes|Loves|Hates|Wants|Lives|Works|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|January|February|March|April|May|June|July|August|September|October|November|December)$/;
const LABEL_WORDS = 4;
const MAX_NAME_WORDS = 5;
/** Longer texts are notes, whose capitals say little. */
const MAX_CHARACTERS = 1_000;

/** Topics that are shown: those of most conversations. A graph of more cannot be drawn. */
const MAX_TOPICS = 100;

/** What a graph is made of. */
export interface GraphSources {
  memories: readonly Pick<Memory, 'id' | 'content'>[];
  people: readonly Pick<Person, 'name'>[];
  /** Newest first. */
  conversations: readonly Pick<Conversation, 'id' | 'searchMetadata' | 'geolocation'>[];
}

/** Returns the graph of some memories, people and conversations. Takes time linear in their text. */
export function buildKnowledgeGraph(
  uid: string,
  { memories: facts, people: known, conversations }: GraphSources,
): KnowledgeGraph {
  const graph = new GraphBuilder(uid);
  const names = new Set(known.map(({ name }) => name));
  for (const name of names) graph.connect('user', graph.node(name, 'person', {}), 'knows', {});
  for (const { id, content } of facts) {
    const words = content.slice(0, MAX_CHARACTERS).split(/\s+/).filter(Boolean);
    const found = namesIn(words, names);
    // A sentence about somebody begins with the name; any other is about the user.
    const [first] = found;
    const about = first && first.at === 0 ? first : null;
    const subject = about
      ? graph.node(about.name, subjectType(about, words, names), { memoryId: id })
      : 'user';
    for (const each of found) {
      if (each === about) continue;
      const target = graph.node(each.name, typeOf(each, words, names), { memoryId: id });
      graph.connect(subject, target, labelOf(each, words, about?.end ?? 0), { memoryId: id });
    }
  }
  addConversations(graph, conversations, names);
  return graph.finish();
}

/** Adds what conversations were about, where they were, and with whom. */
function addConversations(
  graph: GraphBuilder,
  conversations: GraphSources['conversations'],
  names: ReadonlySet<string>,
): void {
  const topics = mostTalkedAbout(conversations);
  for (const { id: conversationId, searchMetadata, geolocation } of conversations) {
    const source = { conversationId };
    const about = searchMetadata.topics.filter((topic) => topics.has(topic.toLowerCase()));
    const concepts = about.map((topic) => graph.node(topic, 'concept', source));
    for (const concept of concepts) graph.connect('user', concept, 'talked about', source);
    for (const name of searchMetadata.people.filter((person) => names.has(person))) {
      const person = graph.node(name, 'person', source);
      graph.connect('user', person, 'talked with', source);
      for (const concept of concepts) graph.connect(person, concept, 'talked about', source);
    }
    const place = geolocation?.address?.trim();
    if (place) graph.connect('user', graph.node(place, 'place', source), 'talked at', source);
  }
}

/** Topics in lower case; of those that were talked about equally often, the newest. */
function mostTalkedAbout(conversations: GraphSources['conversations']): ReadonlySet<string> {
  const counts = new Map<string, number>();
  for (const { searchMetadata } of conversations) {
    for (const topic of new Set(searchMetadata.topics.map((text) => text.toLowerCase()))) {
      counts.set(topic, (counts.get(topic) ?? 0) + 1);
    }
  }
  const best = [...counts].sort(([, a], [, b]) => b - a).slice(0, MAX_TOPICS);
  return new Set(best.map(([topic]) => topic));
}

/** A name in a text: words `at` to `end`, exclusive. */
interface FoundName {
  name: string;
  at: number;
  end: number;
}

function namesIn(words: readonly string[], known: ReadonlySet<string>): FoundName[] {
  const found: FoundName[] = [];
  let at = 0;
  while (at < words.length) {
    const end = endOfName(words, at);
    const name = plain(words.slice(at, end).join(' '));
    // The first word of a sentence is written large whatever it is.
    const startsSentence = at === 0 || /[.!?]$/.test(words[at - 1] ?? '');
    const counts = end > at && name !== '' && (!startsSentence || known.has(name) || end - at > 1);
    if (counts) found.push({ name, at, end });
    at = Math.max(end, at + 1);
  }
  return found;
}

/** Returns where the name that begins at `at` ends; `at` if none does. */
function endOfName(words: readonly string[], at: number): number {
  let end = at;
  while (end < words.length && end - at < MAX_NAME_WORDS) {
    const word = words[end] ?? '';
    const next = plain(words[end + 1] ?? '');
    const isInside = end > at && INSIDE_NAME.test(word) && isName(next);
    if (!isInside && !isName(plain(word))) break;
    end += 1;
    if (/[,.;:!?]$/.test(word) || /['’]s$/.test(word)) break;
  }
  return end;
}

function isName(word: string): boolean {
  return /^\p{Lu}[\p{L}\p{N}&'’.-]*$/u.test(word) && !NO_NAME.test(word);
}

function plain(text: string): string {
  return text.replace(/^[("“'‘[]+/, '').replace(/(?:['’]s)?[)"”'’\].,;:!?]*$/, '');
}

/** Whoever lives, works or studies somewhere is a person. */
function subjectType(
  about: FoundName,
  words: readonly string[],
  known: ReadonlySet<string>,
): NodeType {
  const verb = words[about.end] ?? '';
  const isPerson = PLACE_VERBS.test(verb) || WORK_VERBS.test(verb);
  return isPerson ? 'person' : typeOf(about, words, known);
}

function typeOf(
  { name, at }: FoundName,
  words: readonly string[],
  known: ReadonlySet<string>,
): NodeType {
  if (known.has(name)) return 'person';
  const before = (words[at - 1] ?? '').toLowerCase();
  let verbAt = at - 1;
  while (verbAt >= 0 && PREPOSITION.test((words[verbAt] ?? '').toLowerCase())) verbAt -= 1;
  const verb = (words[verbAt] ?? '').toLowerCase();
  if (PREPOSITION.test(before)) {
    if (WORK_VERBS.test(verb) && before !== 'in') return 'organization';
    if (PLACE_VERBS.test(verb) || before === 'in') return 'place';
  }
  if (
    /^(?:named|called|sister|brother|wife|husband|friend|mother|father|son|daughter|partner|colleague|boss|with)$/.test(
      before,
    )
  ) {
    return 'person';
  }
  return 'thing';
}

function labelOf({ at }: FoundName, words: readonly string[], from: number): string {
  const between = words.slice(Math.max(from, at - LABEL_WORDS), at).map(plain);
  return between.join(' ').toLowerCase().trim() || 'related to';
}

/** What states a node or an edge; nothing: the user has named the person. */
interface GraphSource {
  memoryId?: string;
  conversationId?: string;
}

function addSource(
  to: Pick<GraphNode, 'memoryIds' | 'conversationIds'>,
  { memoryId, conversationId }: GraphSource,
): void {
  // Sources come in order, so that only the last can be the same.
  if (memoryId !== undefined && to.memoryIds.at(-1) !== memoryId) to.memoryIds.push(memoryId);
  if (conversationId !== undefined && to.conversationIds.at(-1) !== conversationId) {
    to.conversationIds.push(conversationId);
  }
}

class GraphBuilder {
  readonly #uid: string;
  readonly #nodes = new Map<string, GraphNode>();
  readonly #edges = new Map<string, GraphEdge>();
  readonly #byLabel = new Map<string, string>();
  readonly #user: string;

  constructor(uid: string) {
    this.#uid = uid;
    this.#user = idFromText(`graph:${uid}:user`);
  }

  /** Returns the id of the node with a label; the same label is one node. */
  node(label: string, type: NodeType, source: GraphSource): string {
    const key = label.toLowerCase();
    const id = this.#byLabel.get(key) ?? idFromText(`graph:${this.#uid}:${key}`);
    this.#byLabel.set(key, id);
    const node = this.#nodes.get(id) ?? { id, label, type, memoryIds: [], conversationIds: [] };
    // What one sentence leaves open another may tell; a topic may be a place or a person, too.
    const isOpen = node.type === 'thing' || node.type === 'concept';
    if (isOpen && type !== 'concept') node.type = type;
    addSource(node, source);
    this.#nodes.set(id, node);
    return id;
  }

  connect(from: string, targetId: string, label: string, source: GraphSource): void {
    const sourceId = from === 'user' ? this.#user : from;
    if (sourceId === targetId) return;
    const id = idFromText(`graph:${sourceId}:${targetId}:${label}`);
    const ends = { id, sourceId, targetId, label };
    const edge = this.#edges.get(id) ?? { ...ends, memoryIds: [], conversationIds: [] };
    addSource(edge, source);
    this.#edges.set(id, edge);
  }

  finish(): KnowledgeGraph {
    const edges = [...this.#edges.values()];
    const nodes = [...this.#nodes.values()];
    if (edges.some(({ sourceId }) => sourceId === this.#user)) {
      const you = { id: this.#user, label: 'You', type: 'person' } as const;
      nodes.unshift({ ...you, memoryIds: [], conversationIds: [] });
    }
    return { nodes, edges };
  }
}
