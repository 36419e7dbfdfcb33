import type { ChatImage, ChatModel, ChatModelMessage } from '../llm/chat-model.ts';
import type { ChatTool } from './tools/chat-tool.ts';
import type { ChatTurn } from './turn.ts';

/** Which limit ended a turn. */
export type Guard = 'tool-calls' | 'tokens' | 'loop' | 'too-long';

/** What the agent is asked, and what it may use. */
export interface AgentQuestion {
  /** The model that answers; a vision model if there are images. */
  model: ChatModel;
  turn: ChatTurn;
  /** System message. */
  instructions: string;
  /** Earlier messages, oldest first. */
  history: readonly ChatModelMessage[];
  /** If empty, the model replies once, in words. */
  tools: readonly ChatTool[];
  /** Images that the question is about. */
  images: readonly ChatImage[];
}

/** What the graph's nodes share while one question is answered. */
export interface AgentRun {
  question: AgentQuestion;
  callsMade: number;
  charsSent: number;
  charsSaid: number;
  recent: string[];
  guard: Guard | null;
  /** True if the model's own limit cut its last answer off. */
  isCutOff: boolean;
}
