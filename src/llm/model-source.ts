import { NO_TRACING, type Tracing } from '../kernel/tracing.ts';
import type { ChatModel } from './chat-model.ts';
import type { EmbeddingModel } from './embedding-model.ts';
import type { LanguageModel } from './language-model.ts';
import {
  type Meter,
  meterChatModel,
  meterEmbeddingModel,
  meterLanguageModel,
  meterVisionModel,
} from './metered-models.ts';
import { FEATURE_CLASSES, type ModelUse, type TaskClass, type UsageLedger } from './model-usage.ts';
import type { VisionModel } from './vision-model.ts';

/** The models of one server and key; what is not configured is null. */
export interface ModelSet {
  language: Readonly<Record<TaskClass, LanguageModel>>;
  chat: ChatModel;
  vision: VisionModel | null;
  /** Chats about images; null if none sees. */
  visionChat: ChatModel | null;
  embedding: EmbeddingModel | null;
}

/**
 * Where services get a model from: the one for a feature, its use written into the ledger under
 * the user. Null if there is none.
 */
export interface ModelSource {
  languageModel(use: ModelUse): LanguageModel | null;
  chatModel(use: ModelUse): ChatModel | null;
  visionChatModel(use: ModelUse): ChatModel | null;
  visionModel(use: ModelUse): VisionModel | null;
  embeddingModel(use: ModelUse): EmbeddingModel | null;
}

export interface ModelSourceOptions {
  /** The operator's at the moment, null if none is configured. */
  own: () => ModelSet | null;
  /** Models opened with the user's own API key; null if there is none. */
  byUser: (uid: string) => ModelSet | null;
  ledger: UsageLedger;
  /** Records each call; absent: nothing is recorded. */
  tracing?: Tracing;
}

/** A source of the operator's models, or of the user's if their key is known. */
export function createModelSource(options: ModelSourceOptions): ModelSource {
  const { own, byUser, ledger, tracing = NO_TRACING } = options;
  const open = <T>(
    use: ModelUse,
    pick: (set: ModelSet) => T | null,
    meter: (model: T, meter: Meter) => T,
  ): T | null => {
    const users = byUser(use.uid);
    const model = users === null ? null : pick(users);
    if (model !== null) return meter(model, { ...use, ledger, tracing, ownKey: true });
    const set = own();
    const operators = set === null ? null : pick(set);
    return operators === null ? null : meter(operators, { ...use, ledger, tracing, ownKey: false });
  };
  return {
    languageModel: (use) =>
      open(
        use,
        (set) => set.language[FEATURE_CLASSES[use.feature] ?? 'medium'],
        meterLanguageModel,
      ),
    chatModel: (use) => open(use, (set) => set.chat, meterChatModel),
    visionChatModel: (use) => open(use, (set) => set.visionChat, meterChatModel),
    visionModel: (use) => open(use, (set) => set.vision, meterVisionModel),
    embeddingModel: (use) => open(use, (set) => set.embedding, meterEmbeddingModel),
  };
}
