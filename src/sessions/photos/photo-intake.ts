import type { Clock } from '../../kernel/clock.ts';
import { describeError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { Logger } from '../../kernel/logger.ts';
import type { ConversationPhoto } from '../../model/conversations/conversation-photo.ts';
import type { DocumentStore } from '../../store/document-store.ts';
import type { ListenEvent } from '../listen-event.ts';
import { type ImageChunk, PhotoAssembly } from './photo-assembly.ts';
import { storePhoto } from './store-photo.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** Photos that may wait to be written before the client has to wait. */
const MAX_PENDING = 8;

/** Where a session's photos go. */
export interface PhotoPlace {
  readonly uid: string;
  readonly conversationId: string;
  /** Begins a conversation to go on in, after the present one has gone. */
  renewConversation(): Promise<void>;
}

export interface PhotoIntakeOptions {
  place: PhotoPlace;
  store: DocumentStore;
  clock: Clock;
  logger: Logger;
  /** True if a vision model will describe what is stored. */
  describes: boolean;
  emit(event: ListenEvent): void;
}

/** The photos of one session: assembled, stored at once, described later by a job. */
export class PhotoIntake {
  readonly #o: PhotoIntakeOptions;
  readonly #assembly = new PhotoAssembly();
  /** Photos whose description has not been told yet. */
  readonly #undescribed = new Set<string>();
  #pending = 0;
  #storing: Promise<void> = Promise.resolve();

  constructor(options: PhotoIntakeOptions) {
    this.#o = options;
  }

  take(chunk: ImageChunk): void {
    const { clock, emit, describes } = this.#o;
    const now = clock.now();
    const result = this.#assembly.take(chunk, now);
    if (result.type === 'refused') {
      emit({ type: 'service-status', status: 'photo_rejected', text: result.reason });
    }
    if (result.type !== 'complete') return;
    const { tempId } = result;
    // A client that names its photo for good may send it again after a lost connection.
    const photoId = UUID.test(tempId) ? tempId.toLowerCase() : newId();
    this.#pending += 1;
    if (describes) this.#undescribed.add(photoId);
    this.#storing = this.#storing.then(() =>
      this.#store(tempId, {
        id: photoId,
        base64: result.base64,
        description: null,
        createdAt: now,
        discarded: false,
        state: describes ? 'waiting' : 'settled',
        dataProtectionLevel: 'standard',
      }),
    );
  }

  /** Returns true once, if the photo came over this session. */
  tookIn(photoId: string): boolean {
    return this.#undescribed.delete(photoId);
  }

  /** Resolves when the photos that wait are written; undefined if few enough wait. */
  backpressure(): Promise<void> | undefined {
    return this.#pending > MAX_PENDING ? this.#storing : undefined;
  }

  /** Resolves when everything that was taken is stored. */
  settled(): Promise<void> {
    return this.#storing;
  }

  /** Stores a photo, then tells the client, which need not keep it any longer. */
  async #store(tempId: string, photo: Omit<ConversationPhoto, 'conversationId'>): Promise<void> {
    const { place, logger, emit } = this.#o;
    const store = () => {
      const { uid, conversationId } = place;
      return storePhoto(this.#o, uid, { ...photo, conversationId });
    };
    try {
      if (!(await store())) {
        await place.renewConversation();
        if (!(await store())) throw new Error('The conversation disappeared twice.');
      }
      emit({ type: 'photo-processing', tempId, photoId: photo.id });
    } catch (error) {
      this.#undescribed.delete(photo.id);
      logger.error({ error: describeError(error) }, 'storing a photo failed');
      emit({ type: 'service-status', status: 'photo_rejected', text: 'A photo was not stored.' });
    } finally {
      this.#pending -= 1;
    }
  }
}
