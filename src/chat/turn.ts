import type { Conversation } from '../model/conversation.ts';
import type { Citation } from '../model/message.ts';
import { CitationFilter, withoutCitations } from './citation-filter.ts';
import type { DateRange } from './date-range.ts';
import type { ToolContext } from './tools/chat-tool.ts';
import type { WritePermission } from './write-permission.ts';

/** What a turn tells while it goes on. */
export type TurnEvent = { type: 'status'; text: string } | { type: 'text'; text: string };

export interface TurnInput {
  uid: string;
  now: number;
  timeZone: string;
  userName: string | null;
  /** The user's latest message. */
  message: string;
  range: DateRange | null;
  topic: string;
  permission: WritePermission;
  signal: AbortSignal;
  tell: (event: TurnEvent) => void;
}

/** One question and the answer that is being made to it. */
export class ChatTurn implements ToolContext {
  readonly uid: string;
  readonly now: number;
  readonly timeZone: string;
  readonly userName: string | null;
  readonly message: string;
  readonly range: DateRange | null;
  readonly topic: string;
  readonly permission: WritePermission;
  readonly signal: AbortSignal;
  readonly #tell: (event: TurnEvent) => void;
  readonly #filter = new CitationFilter((n) => n >= 1 && n <= this.#retrieved.length);
  readonly #retrieved: { conversation: Conversation; segmentIds: Set<string> }[] = [];
  #text = '';
  #showedStatus = false;
  /** Writes that were refused because the user had not asked for them. */
  refusedWrites = 0;

  constructor(input: TurnInput) {
    this.uid = input.uid;
    this.now = input.now;
    this.timeZone = input.timeZone;
    this.userName = input.userName;
    this.message = input.message;
    this.range = input.range;
    this.topic = input.topic;
    this.permission = input.permission;
    this.signal = input.signal;
    this.#tell = input.tell;
  }

  /** What has been said so far, as it was shown. */
  get shown(): string {
    return this.#text;
  }

  /** The answer as it is stored. */
  get answer(): string {
    return withoutCitations(this.#text);
  }

  /** True where something was looked up or done. */
  get showedStatus(): boolean {
    return this.#showedStatus;
  }

  retrieve(conversation: Conversation, segmentIds: readonly string[]): number {
    let index = this.#retrieved.findIndex((known) => known.conversation.id === conversation.id);
    if (index < 0) index = this.#retrieved.push({ conversation, segmentIds: new Set() }) - 1;
    for (const id of segmentIds) this.#retrieved[index]?.segmentIds.add(id);
    return index + 1;
  }

  /** Shows what is being done. */
  status(text: string): void {
    this.#showedStatus = true;
    this.#tell({ type: 'status', text });
  }

  /** Says the next piece of the answer; citations of what was not retrieved are left out. */
  say(text: string): void {
    this.#show(this.#filter.push(text));
  }

  /** Ends a paragraph, where one was begun. */
  breakParagraph(): void {
    this.#show(this.#filter.end());
    if (this.#text !== '' && !this.#text.endsWith('\n\n')) this.#show('\n\n');
  }

  /** Nothing more is said. */
  end(): void {
    this.#show(this.#filter.end());
  }

  /** What the answer cites, in the order in which it does. */
  get citations(): Citation[] {
    return this.#filter.cited.flatMap((n) => {
      const found = this.#retrieved[n - 1];
      if (!found) return [];
      return [{ conversationId: found.conversation.id, segmentIds: [...found.segmentIds] }];
    });
  }

  #show(text: string): void {
    if (text === '') return;
    this.#text += text;
    this.#tell({ type: 'text', text });
  }
}
