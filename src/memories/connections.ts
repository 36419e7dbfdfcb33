import type { GraphEdge, GraphNode, KnowledgeGraph } from '../model/knowledge-graph.ts';

/**
 * Returns the part of a graph that is about a name: the nodes that are called so, their edges, and what these lead
 * to. A name also finds longer ones that contain it as a word ("Ada" finds "Ada Lovelace"); null gives everything.
 *
 * @param most edges at most
 */
export function connectionsOf(
  { nodes, edges }: KnowledgeGraph,
  name: string | null,
  most: number,
): KnowledgeGraph {
  const wanted = name === null ? nodes : nodes.filter(({ label }) => isNamed(label, name));
  const ids = new Set(wanted.map(({ id }) => id));
  const touching = edges
    .filter(({ sourceId, targetId }) => ids.has(sourceId) || ids.has(targetId))
    .slice(0, most);
  for (const { sourceId, targetId } of touching) ids.add(sourceId).add(targetId);
  return { nodes: nodes.filter(({ id }) => ids.has(id)), edges: touching };
}

function isNamed(label: string, name: string): boolean {
  const [own, asked] = [label, name].map((text) => ` ${text.trim().toLowerCase()} `);
  return own !== undefined && asked !== undefined && own.includes(asked);
}

/** An edge in words: `Ada Lovelace: works at Analytical Engines`. */
export function edgeText(edge: GraphEdge, nodes: ReadonlyMap<string, GraphNode>): string {
  const [source, target] = [nodes.get(edge.sourceId), nodes.get(edge.targetId)];
  return `${source?.label}: ${edge.label} ${target?.label} (${target?.type})`;
}
