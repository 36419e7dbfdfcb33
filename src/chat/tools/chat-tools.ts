import type { ChatTool } from './chat-tool.ts';
import { TOOLS } from './registry.ts';
import type { ToolServices } from './tool.ts';

/**
 * Tools that something else contributes for a user: the apps that the user has enabled, and what
 * needs a key of its own (web search, an outside calendar, mail), which contributes nothing without.
 */
export type ToolSource = (uid: string) => Promise<readonly ChatTool[]>;

/**
 * Returns the tools that the chat, `/v1/tools/…` and `/v1/agent/…` offer. In a fixed order, so that a
 * model's server can cache the list.
 */
export function createChatTools(services: ToolServices): ChatTool[] {
  return TOOLS.flatMap((tool) => tool.forChat(services) ?? []);
}
