import { describe, expect, it } from 'vitest';
import type { Clock } from '../../../src/kernel/clock.ts';
import { EventBus } from '../../../src/kernel/event-bus.ts';
import { silentLogger } from '../../../src/kernel/logger.ts';
import type { DomainEvents } from '../../../src/model/domain-events.ts';
import { openCallChannels } from '../../../src/sessions/call-channels.ts';
import { ClientSession } from '../../../src/sessions/client-session.ts';
import type { ListenEvent } from '../../../src/sessions/listen-event.ts';
import type { ListenSession } from '../../../src/sessions/listen-session.ts';
import type { DocumentStore } from '../../../src/store/document-store.ts';

/** A channel that notes what it is asked for. */
class NotedChannel {
  readonly uid = 'u';
  readonly conversationId = 'c';
  readonly startedAt = 7;
  readonly id: string;
  readonly calls: string[] = [];
  readonly audioBytes: number[][] = [];
  isUnheard = false;
  relief: Promise<void> | undefined;
  startFault: Error | undefined;
  closeFault: Error | undefined;
  readonly #order: string[];

  constructor(id: string, order: string[]) {
    this.id = id;
    this.#order = order;
  }
  async start(): Promise<void> {
    this.#order.push(this.id);
    if (this.startFault) throw this.startFault;
  }
  audio(message: Uint8Array): void {
    this.audioBytes.push([...message]);
  }
  suggest(): void {
    this.calls.push('suggest');
  }
  assignSpeaker(): void {
    this.calls.push('assignSpeaker');
  }
  backpressure(): Promise<void> | undefined {
    return this.relief;
  }
  hasUnheardAudio(): boolean {
    return this.isUnheard;
  }
  async flush(): Promise<void> {
    this.calls.push('flush');
  }
  async close(): Promise<void> {
    this.calls.push('close');
    if (this.closeFault) throw this.closeFault;
  }
  disconnect(): void {
    this.calls.push('disconnect');
  }
  relinquish(): void {
    this.calls.push('relinquish');
  }
}

/** A call between the user's side (`1`) and the other (`2`). */
function openCall() {
  const started: string[] = [];
  const emitted: string[] = [];
  const emitOf: ((event: ListenEvent) => void)[] = [];
  const made: NotedChannel[] = [];
  const clock: Clock = { now: () => 0 };
  const store = {} as DocumentStore;
  const emit = (event: ListenEvent) =>
    emitted.push(event.type === 'service-status' ? event.status : event.type);
  const channels = openCallChannels({
    uid: 'u',
    callId: null,
    store,
    clock,
    emit,
    openChannel: (options) => {
      const channel = new NotedChannel(options.voice.isUser ? '1' : '2', started);
      made.push(channel);
      emitOf.push(options.emit);
      return channel as unknown as ListenSession;
    },
  });
  const session = new ClientSession({
    channels,
    checkAnswer: null,
    describesPhotos: false,
    store,
    clock,
    events: new EventBus<DomainEvents>(() => undefined),
    logger: silentLogger,
    emit,
  });
  const [user, other] = made;
  const [emitUser, emitOther] = emitOf;
  if (!user || !other || !emitUser || !emitOther) throw new Error('two channels are needed');
  return { session, user, other, emitUser, emitOther, started, emitted };
}

describe('the channels of a call', () => {
  it('get the audio of their own messages; a message of no channel is ignored', () => {
    const { session, user, other } = openCall();
    for (const message of [[1, 10, 11], [2, 20], [3, 30], []]) {
      session.audio(Uint8Array.from(message));
    }
    expect(user.audioBytes).toEqual([[10, 11]]);
    expect(other.audioBytes).toEqual([[20]]);
  });

  it('start with the other side, so that the `ready` of the user means both', async () => {
    const { session, started, emitUser, emitOther, emitted } = openCall();
    await session.start();
    expect(started).toEqual(['2', '1']);
    for (const emit of [emitOther, emitUser]) {
      emit({ type: 'last-conversation', conversationId: 'x' });
      emit({ type: 'service-status', status: 'ready', text: null });
      emit({ type: 'service-status', status: 'stt_unavailable', text: null });
    }
    expect(emitted).toEqual(['stt_unavailable', 'last-conversation', 'ready', 'stt_unavailable']);
  });

  it('are closed together if one of them cannot start', async () => {
    const { session, user, other } = openCall();
    user.startFault = new Error('disk');
    await expect(session.start()).rejects.toThrow('disk');
    expect([user.calls, other.calls]).toEqual([['close'], ['close']]);
  });

  it('are all closed, though one fails at it', async () => {
    const { session, user, other } = openCall();
    other.closeFault = new Error('store');
    await expect(session.close()).rejects.toThrow('store');
    expect(user.calls).toEqual(['close']);
  });

  it('are asked as one', async () => {
    const { session, user, other } = openCall();
    expect(session.hasId('2')).toBe(true);
    expect(session.hasId('3')).toBe(false);
    expect(session.hasUnheardAudio('c')).toBe(false);
    other.isUnheard = true;
    expect(session.hasUnheardAudio('c')).toBe(true);
    expect(session.backpressure()).toBeUndefined();
    other.relief = Promise.resolve();
    await session.backpressure();
    await session.flush(10);
    session.assignSpeaker(0, 'anna', []);
    session.suggest({});
    session.relinquish();
    session.disconnect('gone');
    const both = ['flush', 'assignSpeaker', 'relinquish', 'disconnect'];
    expect(other.calls).toEqual(both);
    // Words are suggested for the connection, not for a channel.
    expect(user.calls).toEqual(['flush', 'assignSpeaker', 'suggest', 'relinquish', 'disconnect']);
  });
});
