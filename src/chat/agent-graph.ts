import type { ChatModelMessage, ChatToolCall } from '../llm/chat-model.ts';
import type { AgentRun } from './agent-run.ts';

type Answer = Extract<ChatModelMessage, { role: 'assistant' }>;

/** What the graph's nodes do. */
export interface AgentSteps {
  think(messages: readonly ChatModelMessage[], run: AgentRun): Promise<Answer>;
  act(calls: readonly ChatToolCall[], run: AgentRun): Promise<ChatModelMessage[]>;
}

/** Runs the graph to its end; rejects where the signal is aborted. */
export type RunAgentGraph = (
  input: { messages: ChatModelMessage[]; run: AgentRun },
  signal: AbortSignal,
) => Promise<void>;

/** More steps than the limits of a turn can need. */
const RECURSION_LIMIT = 200;

/**
 * The graph of an answer: the router's choice, then either one reply without tools, or the model and
 * its tools in turn until the model has nothing more to look up. LangGraph is loaded here and nowhere
 * else: it takes a second or more and tens of megabytes. `switchOffTracing` has to come before.
 */
export async function buildAgentGraph(steps: AgentSteps): Promise<RunAgentGraph> {
  const { Annotation, END, START, StateGraph } = await import('@langchain/langgraph');
  const State = Annotation.Root({
    messages: Annotation<ChatModelMessage[]>({
      reducer: (before, added) => [...before, ...added],
      default: () => [],
    }),
    run: Annotation<AgentRun>(),
  });
  type Current = typeof State.State;
  const think = async ({ messages, run }: Current) => ({
    messages: [await steps.think(messages, run)],
  });
  const graph = new StateGraph(State)
    .addNode('reply', think)
    .addNode('model', think)
    .addNode('tools', async ({ messages, run }: Current) => ({
      messages: await steps.act(lastCalls(messages), run),
    }))
    .addConditionalEdges(
      START,
      ({ run }) => (run.question.tools.length === 0 ? 'reply' : 'model'),
      ['reply', 'model'],
    )
    .addEdge('reply', END)
    .addConditionalEdges(
      'model',
      ({ messages }) => (lastCalls(messages).length > 0 ? 'tools' : END),
      ['tools', END],
    )
    .addConditionalEdges('tools', ({ run }) => (run.guard === null ? 'model' : END), ['model', END])
    .compile();
  return async (input, signal) => {
    await graph.invoke(input, { signal, recursionLimit: RECURSION_LIMIT });
  };
}

function lastCalls(messages: readonly ChatModelMessage[]): readonly ChatToolCall[] {
  const last = messages.at(-1);
  return last?.role === 'assistant' ? last.toolCalls : [];
}
