import { describe, expect, it } from 'vitest';
import { buildKnowledgeGraph } from '../../../src/memories/build-knowledge-graph.ts';
import { connectionsOf, edgeText } from '../../../src/memories/connections.ts';

/** A conversation by its topics and the people in it. */
interface Talk {
  topics: string[];
  people?: string[];
  address?: string;
}

const build = (texts: string[], names: string[] = [], talks: Talk[] = []) =>
  buildKnowledgeGraph('u', {
    memories: texts.map((content, index) => ({ id: `m${index}`, content })),
    people: names.map((name) => ({ name })),
    conversations: talks.map(({ topics, people = [], address = null }, index) => ({
      id: `c${index}`,
      searchMetadata: { topics, people, entities: [], dates: [] },
      geolocation: address === null ? null : { ...NOWHERE, address },
    })),
  });

const NOWHERE = {
  googlePlaceId: null,
  latitude: 0,
  longitude: 0,
  altitude: null,
  accuracy: null,
  locationType: null,
};

/** Edges as `source -label-> target (type)`. */
function said(texts: string[], names: string[] = [], talks: Talk[] = []): string[] {
  const { nodes, edges } = build(texts, names, talks);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  return edges.map(({ sourceId, targetId, label }) => {
    const target = byId.get(targetId);
    return `${byId.get(sourceId)?.label} -${label}-> ${target?.label} (${target?.type})`;
  });
}

describe('buildKnowledgeGraph', () => {
  it.each([
    [['Works at Acme Labs as an engineer.'], ['You -works at-> Acme Labs (organization)']],
    [['Lives in Lisbon.'], ['You -lives in-> Lisbon (place)']],
    [['Moved to New York from Berlin.'], ['You -moved to-> New York (place)']],
    [['Has a sister named Ana.'], ['You -has a sister named-> Ana (person)']],
    [['Likes to read in the evening.'], []],
    [['Has an appointment on Monday in May.'], []],
    [
      ['Keeps money at the Bank of England.'],
      ['You -keeps money at the-> Bank of England (thing)'],
    ],
  ])('%j is %j', (texts, expected) => {
    expect(said(texts)).toEqual(expect.arrayContaining(expected));
    if (expected.length === 0) expect(said(texts)).toEqual([]);
  });

  it('takes a sentence that begins with a known name as about that person', () => {
    expect(said(["Ana's office is in Porto."], ['Ana'])).toEqual([
      'You -knows-> Ana (person)',
      'Ana -office is in-> Porto (place)',
    ]);
  });

  it('makes one node of one name, with every memory that names it', () => {
    const { nodes } = build(['Lives in Lisbon.', 'Was born in Lisbon.']);
    expect(nodes.find(({ label }) => label === 'Lisbon')).toMatchObject({
      type: 'place',
      memoryIds: ['m0', 'm1'],
    });
  });

  it('takes whoever works or lives somewhere for a person', () => {
    const { nodes } = build(['Ada Lovelace works at Analytical Engines.']);
    expect(nodes.find(({ label }) => label === 'Ada Lovelace')?.type).toBe('person');
  });

  it('tells what conversations were about, with whom and where', () => {
    const talks = [
      { topics: ['roof repair', 'Lisbon'], people: ['Ana', 'Somebody else'] },
      { topics: ['Roof repair'], address: 'Rua Augusta 1' },
    ];
    expect(said(['Lives in Lisbon.'], ['Ana'], talks)).toEqual([
      'You -knows-> Ana (person)',
      'You -lives in-> Lisbon (place)',
      'You -talked about-> roof repair (concept)',
      'You -talked about-> Lisbon (place)',
      'You -talked with-> Ana (person)',
      'Ana -talked about-> roof repair (concept)',
      'Ana -talked about-> Lisbon (place)',
      'You -talked at-> Rua Augusta 1 (place)',
    ]);
    const { nodes, edges } = build(['Lives in Lisbon.'], ['Ana'], talks);
    expect(nodes.find(({ label }) => label === 'roof repair')?.conversationIds).toEqual([
      'c0',
      'c1',
    ]);
    for (const { label, memoryIds, conversationIds } of edges) {
      expect(memoryIds.length + conversationIds.length > 0, label).toBe(label !== 'knows');
    }
  });

  it('shows the topics of most conversations if there are many', () => {
    const often = Array.from({ length: 2 }, () => ({ topics: ['garden'] }));
    const once = Array.from({ length: 300 }, (_, i) => ({ topics: [`topic ${i}`] }));
    const labels = build([], [], [...once, ...often]).nodes.map(({ label }) => label);
    expect(labels).toHaveLength(101);
    expect(labels).toEqual(expect.arrayContaining(['You', 'topic 0', 'garden']));
  });

  it('is empty without memories and people', () => {
    expect(build([])).toEqual({ nodes: [], edges: [] });
  });
});

describe('connectionsOf', () => {
  const graph = build([
    'Ada Lovelace works at Analytical Engines.',
    'Ada Lovelace lives in London.',
    'Lives in Porto.',
  ]);

  it('finds a name by a word of it, with the sources of each edge', () => {
    const { nodes, edges } = connectionsOf(graph, 'ada', 10);
    const byId = new Map(nodes.map((node) => [node.id, node]));
    expect(edges.map((edge) => [edgeText(edge, byId), edge.memoryIds])).toEqual([
      ['Ada Lovelace: works at Analytical Engines (organization)', ['m0']],
      ['Ada Lovelace: lives in London (place)', ['m1']],
    ]);
    expect(nodes.map(({ label }) => label)).not.toContain('Porto');
  });

  it('finds nothing by a part of a word, and everything without a name', () => {
    expect(connectionsOf(graph, 'Lond', 10)).toEqual({ nodes: [], edges: [] });
    expect(connectionsOf(graph, null, 10).edges).toHaveLength(graph.edges.length);
    expect(connectionsOf(graph, null, 1).edges).toHaveLength(1);
  });
});
