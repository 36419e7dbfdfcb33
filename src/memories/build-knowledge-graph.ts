import { idFromText } from '../kernel/ids.ts';
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

/** Returns the graph of some memories and people. Takes time linear in their text. */
export function buildKnowledgeGraph(
  uid: string,
  facts: readonly Pick<Memory, 'id' | 'content'>[],
  known: readonly Pick<Person, 'name'>[],
): KnowledgeGraph {
  const graph = new GraphBuilder(uid);
  const names = new Set(known.map(({ name }) => name));
  for (const name of names) graph.connect('user', graph.node(name, 'person', null), 'knows', null);
  for (const { id, content } of facts) {
    const words = content.slice(0, MAX_CHARACTERS).split(/\s+/).filter(Boolean);
    const found = namesIn(words, names);
    // A sentence about somebody begins with the name; any other is about the user.
    const [first] = found;
    const about = first && first.at === 0 ? first : null;
    const subject = about ? graph.node(about.name, subjectType(about, words, names), id) : 'user';
    for (const each of found) {
      if (each === about) continue;
      const target = graph.node(each.name, typeOf(each, words, names), id);
      graph.connect(subject, target, labelOf(each, words, about?.end ?? 0), id);
    }
  }
  return graph.finish();
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
  node(label: string, type: NodeType, memoryId: string | null): string {
    const key = label.toLowerCase();
    const id = this.#byLabel.get(key) ?? idFromText(`graph:${this.#uid}:${key}`);
    this.#byLabel.set(key, id);
    const node = this.#nodes.get(id) ?? { id, label, type, memoryIds: [] };
    // What one sentence leaves open another may tell.
    if (node.type === 'thing') node.type = type;
    if (memoryId !== null && !node.memoryIds.includes(memoryId)) node.memoryIds.push(memoryId);
    this.#nodes.set(id, node);
    return id;
  }

  connect(source: string, targetId: string, label: string, memoryId: string | null): void {
    const sourceId = source === 'user' ? this.#user : source;
    if (sourceId === targetId) return;
    const id = idFromText(`graph:${sourceId}:${targetId}:${label}`);
    const edge = this.#edges.get(id) ?? { id, sourceId, targetId, label, memoryIds: [] };
    if (memoryId !== null && !edge.memoryIds.includes(memoryId)) edge.memoryIds.push(memoryId);
    this.#edges.set(id, edge);
  }

  finish(): KnowledgeGraph {
    const edges = [...this.#edges.values()];
    const nodes = [...this.#nodes.values()];
    if (edges.some(({ sourceId }) => sourceId === this.#user)) {
      nodes.unshift({ id: this.#user, label: 'You', type: 'person', memoryIds: [] });
    }
    return { nodes, edges };
  }
}
