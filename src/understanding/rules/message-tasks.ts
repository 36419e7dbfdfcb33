import type { ActionItemClaim, UnderstandingInput } from '../understanding-engine.ts';

/** What somebody asks for in a message to the user, the user is to do. */
export function ownedByReader(
  items: readonly ActionItemClaim[],
  input: Pick<UnderstandingInput, 'medium' | 'segments'>,
): ActionItemClaim[] {
  const isReceived = input.medium === 'message' && !input.segments.some(({ isUser }) => isUser);
  if (!isReceived) return [...items];
  return items.map((item) => (item.owner === null ? { ...item, owner: 'user' } : item));
}
