import type { LanguageModel } from './language-model.ts';
import type { ListedModel, ModelFetch, ModelServer, ProbedAbilities } from './model-server.ts';
import type { ModelSet } from './model-source.ts';
import type { TaskClass } from './model-usage.ts';
import type { SpeechModel } from './speech-model.ts';

/** Stands for a model that is chosen from those that the server lists. */
export const AUTO_MODEL = 'auto';
/** What is taken if a server offers it. */
export const DEFAULT_LANGUAGE_MODEL = 'gpt-5.4-mini';
export const DEFAULT_EMBEDDING_MODEL = 'text-embedding-3-large';

/** Which models a server is asked for. */
export interface ModelNames {
  /** By how demanding the work is; the one for `agent` chats. */
  models: Readonly<Record<TaskClass, string>>;
  /** Null: none. */
  visionModel: string | null;
  embeddingModel: string | null;
}

/** The models that a server lists; see the adapter's for the errors. */
export async function listServerModels(
  server: Pick<ModelServer, 'apiKey' | 'baseUrl'>,
  timeoutMs: number,
  inner?: ModelFetch,
): Promise<ListedModel[]> {
  const { listModels } = await import('./adapters/openai/list-models.ts');
  return listModels(server, timeoutMs, inner);
}

/** Asks whether a server whose list of models is open takes the key; see the adapter's for the errors. */
export async function assertKeyAccepted(
  server: Pick<ModelServer, 'apiKey' | 'baseUrl' | 'model'>,
  timeoutMs: number,
  inner?: ModelFetch,
): Promise<void> {
  const { tryKey } = await import('./adapters/openai/try-key.ts');
  return tryKey(server, timeoutMs, inner);
}

/** Finds out with a few short questions what a model can do. Throws as the model does. */
export async function probeModel(
  server: ModelServer,
  signal: AbortSignal,
): Promise<ProbedAbilities> {
  const { probeAbilities } = await import('./adapters/openai/probe-abilities.ts');
  return probeAbilities(server, signal);
}

/** Opens a model that speaks. The vendor's SDK is loaded at the first request. */
export async function loadSpeechModel(
  server: ModelServer & { voice: string },
): Promise<SpeechModel> {
  const { createOpenAiSpeechModel } = await import('./adapters/openai/openai-speech-model.ts');
  return createOpenAiSpeechModel(server);
}

/** Opens the models of a server that speaks OpenAI's protocol. No request is made yet. */
export type OpenModelSet = (server: Omit<ModelServer, 'model'>, names: ModelNames) => ModelSet;

/** Loads what opens the models of a server, so that opening itself is cheap. */
export async function loadModelSets(): Promise<OpenModelSet> {
  const [{ ModelAbilities }, language, chat, vision, embedding] = await Promise.all([
    import('./adapters/openai/model-abilities.ts'),
    import('./adapters/openai/openai-language-model.ts'),
    import('./adapters/openai/openai-chat-model.ts'),
    import('./adapters/openai/openai-vision-model.ts'),
    import('./adapters/openai/openai-embedding-model.ts'),
  ]);
  // What is learnt of a model holds for everybody who asks it, whatever their key.
  const learnt = new Map<string, InstanceType<typeof ModelAbilities>>();
  return (given, { models, visionModel, embeddingModel }) => {
    const server = (model: string) => {
      const at = `${given.baseUrl} ${model}`;
      const abilities = learnt.get(at) ?? new ModelAbilities();
      learnt.set(at, abilities);
      return { ...given, model, abilities };
    };
    // Classes that have the same model share it, and with it what it has learnt of its server.
    const byName = new Map<string, LanguageModel>();
    const open = (task: TaskClass) => {
      const name = models[task];
      const model = byName.get(name) ?? language.createOpenAiLanguageModel(server(name));
      byName.set(name, model);
      return model;
    };
    return {
      language: {
        medium: open('medium'),
        small: open('small'),
        nano: open('nano'),
        agent: open('agent'),
      },
      chat: chat.createOpenAiChatModel(server(models.agent)),
      visionChat: visionModel === null ? null : chat.createOpenAiChatModel(server(visionModel)),
      vision: visionModel === null ? null : vision.createOpenAiVisionModel(server(visionModel)),
      embedding:
        embeddingModel === null
          ? null
          : embedding.createOpenAiEmbeddingModel(server(embeddingModel)),
    };
  };
}
