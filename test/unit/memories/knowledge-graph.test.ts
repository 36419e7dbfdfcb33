import { describe, expect, it } from 'vitest';
import { buildKnowledgeGraph } from '../../../src/memories/build-knowledge-graph.ts';

const build = (texts: string[], names: string[] = []) =>
  buildKnowledgeGraph(
    'u',
    texts.map((content, index) => ({ id: `m${index}`, content })),
    names.map((name) => ({ name })),
  );

/** Edges as `source -label-> target (type)`. */
function said(texts: string[], names: string[] = []): string[] {
  const { nodes, edges } = build(texts, names);
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

  it('is empty without memories and people', () => {
    expect(build([])).toEqual({ nodes: [], edges: [] });
  });
});
