import type { Logger } from '../kernel/logger.ts';
import type { ChatModelMessage, ChatModelRequest, ChatToolCall } from '../llm/chat-model.ts';
import { buildAgentGraph, type RunAgentGraph } from './agent-graph.ts';
import type { AgentQuestion, AgentRun, Guard } from './agent-run.ts';
import { runTool } from './tools/run-tool.ts';

/** Bounds of one turn. */
export interface AgentLimits {
  toolCalls: number;
  /** Estimated, 4 characters each, over all requests of the turn. */
  tokens: number;
  toolTimeoutMs: number;
}

export const AGENT_LIMITS: AgentLimits = {
  toolCalls: 25,
  tokens: 500_000,
  toolTimeoutMs: 20_000,
};

/** Characters that all answers of one turn may have together. */
const MAX_SAID = 200_000;

/** Why a turn was ended before the model had finished. */

const APOLOGIES: Record<Guard, string> = {
  'tool-calls': 'I had to stop here: this took more look-ups than I may make for one answer.',
  tokens: 'I had to stop here: there was more to read than I may read for one answer.',
  loop: 'I had to stop here: I kept looking up the same thing.',
  'too-long': 'This answer is cut off here: the language model sent more than one answer may have.',
};
const LIMIT_REACHED = 'This answer is cut off here: the language model has reached its limit.';
const REFUSED =
  'I have not changed anything there: a change was suggested that you had not asked for.';
const WRITE_LIKE = /create|update|delete|remove|complete|change|edit|add|save|send/i;

type Answer = Extract<ChatModelMessage, { role: 'assistant' }>;

export interface ChatAgentOptions {
  logger: Logger;
  limits?: AgentLimits;
}

/** Answers with a language model that may call tools, within limits. */
export class ChatAgent {
  readonly #options: ChatAgentOptions;
  readonly #limits: AgentLimits;
  #graph: Promise<RunAgentGraph> | undefined;

  constructor(options: ChatAgentOptions) {
    this.#options = options;
    this.#limits = options.limits ?? AGENT_LIMITS;
  }

  /** Loads what answering needs, so that the first question does not wait for it. */
  async warm(): Promise<void> {
    await this.#load();
  }

  /**
   * Says the answer into the turn. Throws what the model throws, `ToolsUnsupportedError` among it,
   * and if the turn is aborted.
   */
  async run(question: AgentQuestion): Promise<void> {
    const run: AgentRun = {
      question,
      callsMade: 0,
      charsSent: 0,
      charsSaid: 0,
      recent: [],
      guard: null,
      isCutOff: false,
    };
    const { turn, instructions, history, images } = question;
    const text = turn.message;
    const messages: ChatModelMessage[] = [
      // One message, and the first: some local servers take no other from the system.
      { role: 'system', text: instructions },
      ...history,
      images.length > 0 ? { role: 'user-with-images', text, images } : { role: 'user', text },
    ];
    const graph = await this.#load();
    await graph({ messages, run }, turn.signal);
    if (run.guard !== null) {
      turn.breakParagraph();
      turn.say(APOLOGIES[run.guard]);
    } else if (run.isCutOff) {
      turn.breakParagraph();
      turn.say(LIMIT_REACHED);
    }
    if (turn.refusedWrites > 0) {
      turn.breakParagraph();
      turn.say(REFUSED);
    }
  }

  #load(): Promise<RunAgentGraph> {
    this.#graph ??= buildAgentGraph({
      think: (messages, run) => this.#think(messages, run),
      act: (calls, run) => this.#act(calls, run),
    });
    return this.#graph;
  }

  /** One call of the model; its words are said as they come. */
  async #think(messages: readonly ChatModelMessage[], run: AgentRun): Promise<Answer> {
    const { turn, tools } = run.question;
    run.charsSent += messages.reduce((sum, message) => sum + sizeOf(message), 0);
    if (run.charsSent / 4 > this.#limits.tokens) {
      run.guard = 'tokens';
      return { role: 'assistant', text: '', toolCalls: [] };
    }
    const offered = tools.map(({ name, description, parameters }) => ({
      name,
      description,
      parameters,
    }));
    const answer = await this.#listen({ messages, tools: offered }, run);
    turn.signal.throwIfAborted();
    return answer;
  }

  /** Reads one answer of the model to its end, or as far as it may go. */
  async #listen(request: ChatModelRequest, run: AgentRun): Promise<Answer> {
    const { model, turn } = run.question;
    const before = turn.shown.length;
    let text = '';
    const toolCalls: ChatToolCall[] = [];
    for await (const event of model.streamChat(request, turn.signal)) {
      if (event.type === 'text-delta') {
        if (text === '') turn.breakParagraph();
        text += event.text;
        run.charsSaid += event.text.length;
        turn.sayOfModel(event.text);
        if (run.charsSaid > MAX_SAID) run.guard = 'too-long';
      } else if (event.type === 'text-retract') {
        text = '';
        turn.takeBack(before);
      } else if (event.type === 'tool-call') toolCalls.push(event.call);
      else if (event.reason === 'too-long') run.guard = 'too-long';
      else if (event.reason === 'length') run.isCutOff = true;
      if (run.guard !== null) break;
    }
    return { role: 'assistant', text, toolCalls: run.guard === null ? toolCalls : [] };
  }

  /** Runs the calls of one answer in their order, until a limit is reached. */
  async #act(calls: readonly ChatToolCall[], run: AgentRun): Promise<ChatModelMessage[]> {
    const results: ChatModelMessage[] = [];
    for (const call of calls) {
      run.guard ??= this.#guardOf(call, run);
      const text =
        run.guard === null ? await this.#call(call, run) : 'Error: not run, a limit was reached';
      results.push({ role: 'tool', callId: call.id, text });
    }
    return results;
  }

  #guardOf(call: ChatToolCall, run: AgentRun): Guard | null {
    if (run.callsMade >= this.#limits.toolCalls) return 'tool-calls';
    const signature = `${call.name} ${call.arguments}`;
    const repeats = run.recent.filter((recent) => recent === signature).length;
    if (repeats >= 2) return 'loop';
    run.recent = [...run.recent, signature].slice(-3);
    run.callsMade += 1;
    return null;
  }

  async #call(call: ChatToolCall, run: AgentRun): Promise<string> {
    const { turn, tools } = run.question;
    const tool = tools.find(({ name }) => name === call.name);
    if (!tool) {
      // Whatever was meant to be changed by it, nothing was.
      if (WRITE_LIKE.test(call.name)) turn.refusedWrites += 1;
      return 'Error: there is no such tool';
    }
    turn.status(tool.status, tool.appId);
    const numbered = turn.numberedSources;
    const { text, outcome } = await runTool(tool, turn, call.arguments, {
      logger: this.#options.logger,
      timeoutMs: tool.timeoutMs ?? this.#limits.toolTimeoutMs,
    });
    if (outcome === 'refused') turn.refusedWrites += 1;
    // A tool that shows conversations has noted what each of them says.
    if (turn.numberedSources === numbered) turn.noteSource(null, text);
    return text;
  }
}

function sizeOf(message: ChatModelMessage): number {
  if (message.role !== 'assistant') return message.text.length;
  return message.toolCalls.reduce((sum, call) => sum + call.arguments.length, message.text.length);
}
