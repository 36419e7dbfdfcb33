/**
 * Addresses that tokens of connectors can be for, the usual one first. The last one stands for all: of
 * programs that do not know `resource` yet.
 */
export function connectorResources(origin: string): string[] {
  return [`${origin}/mcp`, `${origin}/v1/mcp/sse`, origin];
}
