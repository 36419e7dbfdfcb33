import type { Chart, Citation } from '../model/chat/message.ts';
import type { Conversation } from '../model/conversations/conversation.ts';
import { addressesIn } from './addresses.ts';
import type { ChatId } from './chat-messages.ts';
import type { ScopeContents } from './chat-scope.ts';
import { CitationFilter, withoutCitations } from './citation-filter.ts';
import { type AddressOrigin, LinkFilter } from './link-filter.ts';
import type { DateRange } from './local-time.ts';
import type { Permission } from './permission.ts';
import type { ToolContext } from './tools/chat-tool.ts';
import { unmarkData } from './untrusted-text.ts';

/** What a turn tells while it goes on. */
export type TurnEvent =
  /** `appId`: the app whose tool is running, null for a built-in tool. */
  { type: 'status'; text: string; appId: string | null } | { type: 'text'; text: string };

/** Conversations that the answer to a voice message carries, which cites none. */
const UNCITED = 5;

export interface TurnInput {
  uid: string;
  chat: ChatId;
  now: number;
  timeZone: string;
  userName: string | null;
  /** The user's latest message. */
  message: string;
  /** Texts of the chat before it: what they name, the answer may name. */
  earlier: readonly string[];
  range: DateRange | null;
  topic: string;
  /** What may be looked at; null: everything. */
  within: ScopeContents | null;
  /** The question was spoken: citations are not asked for, and not taken out. */
  isSpoken: boolean;
  permission: Permission;
  signal: AbortSignal;
  tell: (event: TurnEvent) => void;
}

/** One question and the answer that is being made to it. */
export class ChatTurn implements ToolContext {
  readonly uid: string;
  readonly chat: ChatId;
  readonly now: number;
  readonly timeZone: string;
  readonly userName: string | null;
  readonly message: string;
  readonly range: DateRange | null;
  readonly topic: string;
  readonly within: ScopeContents | null;
  readonly isSpoken: boolean;
  readonly permission: Permission;
  readonly signal: AbortSignal;
  readonly #tell: (event: TurnEvent) => void;
  readonly #links = new LinkFilter(
    (address) => this.#originOf(address),
    (number) => this.#filter.cited.includes(number),
  );
  /** Addresses that the user, or a source without a number, has named. */
  readonly #named = new Set<string>();
  /** Addresses that conversations name, with their numbers. */
  readonly #namedBy = new Map<string, number[]>();
  #numberedSources = 0;
  readonly #filter = new CitationFilter((n) => n >= 1 && n <= this.#retrieved.length);
  readonly #retrieved: { conversation: Conversation; segmentIds: Set<string> }[] = [];
  #text = '';
  #showedStatus = false;
  #chart: Chart | null = null;
  /** Writes that were refused because the user had not asked for them. */
  refusedWrites = 0;

  constructor(input: TurnInput) {
    this.uid = input.uid;
    this.chat = input.chat;
    this.now = input.now;
    this.timeZone = input.timeZone;
    this.userName = input.userName;
    this.message = input.message;
    this.range = input.range;
    this.topic = input.topic;
    this.within = input.within;
    this.isSpoken = input.isSpoken;
    this.permission = input.permission;
    this.signal = input.signal;
    this.#tell = input.tell;
    for (const text of [input.message, ...input.earlier]) this.noteSource(null, text);
  }

  /** What has been said so far, as it was shown. */
  get shown(): string {
    return this.#text;
  }

  /** The answer as it is stored. */
  get answer(): string {
    return this.isSpoken ? this.#text.trim() : withoutCitations(this.#text);
  }

  /** True if something was looked up or done. */
  get showedStatus(): boolean {
    return this.#showedStatus;
  }

  retrieve(conversation: Conversation, segmentIds: readonly string[]): number {
    let index = this.#retrieved.findIndex((known) => known.conversation.id === conversation.id);
    if (index < 0) index = this.#retrieved.push({ conversation, segmentIds: new Set() }) - 1;
    for (const id of segmentIds) this.#retrieved[index]?.segmentIds.add(id);
    return index + 1;
  }

  showChart(chart: Chart): void {
    this.#chart = chart;
  }

  /** The chart of the answer, null for none. */
  get chart(): Chart | null {
    return this.#chart;
  }

  /** Shows what is being done, by an app's tool or a built-in one (null). */
  status(text: string, appId: string | null = null): void {
    this.#showedStatus = true;
    this.#tell({ type: 'status', text, appId });
  }

  /**
   * Notes what a source says, or a result of a tool: an answer may name its addresses.
   *
   * @param number under which the source is cited, null for one that is not: then it need not be
   */
  noteSource(number: number | null, text: string): void {
    if (number !== null) this.#numberedSources += 1;
    for (const address of addressesIn(unmarkData(text))) {
      if (number === null) this.#named.add(address);
      else this.#namedBy.set(address, [...(this.#namedBy.get(address) ?? []), number]);
    }
  }

  /** How many sources with a number have been noted. */
  get numberedSources(): number {
    return this.#numberedSources;
  }

  /** Emits text of the product itself, or a quotation of a source. */
  say(text: string): void {
    this.noteSource(null, text);
    this.#show(this.#filter.push(this.#links.end() + this.#links.push(text) + this.#links.end()));
  }

  /**
   * Says the next piece of a model's answer. Citations of what was not retrieved are left out, and so
   * are images, and links to what neither the user nor a cited source has named.
   */
  sayOfModel(text: string): void {
    this.#show(this.#filter.push(this.#links.push(text)));
  }

  /** Takes back what was said since `shown` had this length: it was no part of the answer. */
  takeBack(length: number): void {
    this.#links.end();
    this.#filter.end();
    this.#text = this.#text.slice(0, length);
  }

  /** Ends a paragraph, if one was begun. */
  breakParagraph(): void {
    this.end();
    if (this.#text === '' || this.#text.endsWith('\n\n')) return;
    this.#show(this.#text.endsWith('\n') ? '\n' : '\n\n');
  }

  /** Nothing more is said. */
  end(): void {
    this.#show(this.#filter.push(this.#links.end()) + this.#filter.end());
  }

  /**
   * What the answer cites, in the order in which it does; for a spoken question, what was
   * retrieved first.
   */
  get citations(): Citation[] {
    const retrieved = this.#retrieved.map((_, i) => i + 1).slice(0, UNCITED);
    return (this.isSpoken ? retrieved : this.#filter.cited).flatMap((n) => {
      const found = this.#retrieved[n - 1];
      if (!found) return [];
      return [{ conversationId: found.conversation.id, segmentIds: [...found.segmentIds] }];
    });
  }

  #originOf(address: string): AddressOrigin {
    if (this.#named.has(address)) return 'named';
    const numbers = this.#namedBy.get(address);
    if (numbers === undefined) return 'unknown';
    // Nothing is cited in what is heard.
    return this.isSpoken ? 'named' : numbers;
  }

  #show(text: string): void {
    if (text === '') return;
    this.#text += text;
    this.#tell({ type: 'text', text });
  }
}
