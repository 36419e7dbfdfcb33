import type { Logger } from '../kernel/logger.ts';
import type { LanguageModel } from './language-model.ts';
import type { ModelSet } from './model-source.ts';
import type { TaskClass } from './model-usage.ts';

/** How to reach a model server that speaks OpenAI's protocol, in the cloud or on this machine. */
export interface ModelServer {
  /** Null for a server that asks for none. */
  apiKey: string | null;
  /** Includes `/v1`: `https://api.openai.com/v1`, `http://127.0.0.1:11434/v1`. */
  baseUrl: string;
  model: string;
  /** Longest time that one call may take, its repair and its retry included, milliseconds. */
  timeoutMs: number;
  logger: Logger;
}

/** Which models a server is asked for. */
export interface ModelNames {
  /** By how demanding the work is; the one for `agent` chats. */
  models: Readonly<Record<TaskClass, string>>;
  /** Null: none. */
  visionModel: string | null;
  embeddingModel: string | null;
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
