/** The shapes of the API as the console uses them, in one place. */
export type { ActionItemWire as ActionItem } from '../../../src/wire/action-item-wire.ts';
export type { ConversationWire as Conversation } from '../../../src/wire/conversation-wire.ts';
export type { MemoryWire as Memory } from '../../../src/wire/memory-wire.ts';
export type { ResponseMessageWire as ChatMessage } from '../../../src/wire/message-wire.ts';
export type { PersonWire as Person } from '../../../src/wire/person-wire.ts';
export type { SegmentWire as Segment } from '../../../src/wire/segment-wire.ts';
