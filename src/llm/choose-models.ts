import { z } from 'zod';
import {
  AUTO_MODEL,
  DEFAULT_EMBEDDING_MODEL,
  DEFAULT_LANGUAGE_MODEL,
  type ModelNames,
} from './registry.ts';

/** Models of these families turn text into vectors. */
const EMBEDS =
  /embed|(?:^|[/_-])(?:bge|e5|gte)(?:[_-]|$)|minilm|mpnet|nomic-ai|arctic|mxbai|paraphrase/i;
/** Models that answer nothing in words. */
const DOES_NOT_CHAT =
  /rerank|whisper|(?:^|[/_-])(?:tts|stt|asr|ocr|vad|clip|sdxl)(?:[/_-]|$)|kokoro|parakeet|dall-e|flux|diffusion|moderation|guard|transcribe|gpt-image|realtime/i;
/** Models that take images. */
const SEES =
  /vision|llava|(?:^|[/_.:-]|\d)vl(?:[/_.:-]|\d|$)|minicpm-v|pixtral|moondream|gemma-?3(?!n)|llama-?4|internvl|smolvlm|mistral-small-?3|gpt-(?:4o|4\.1|5)|multimodal/i;

/** What was chosen at a server, so that the next start chooses the same. */
export const chosenModelsSchema = z.object({
  language: z.string(),
  embedding: z.string().nullable(),
  vision: z.string(),
});
export type ChosenModels = z.infer<typeof chosenModelsSchema>;

/** True if a name has to be chosen. */
export function needsChoice({ models, embeddingModel, visionModel }: ModelNames): boolean {
  return [...Object.values(models), embeddingModel, visionModel].includes(AUTO_MODEL);
}

/**
 * Chooses among the models that a server lists; null if none of them chats. What was chosen before
 * stays as long as it is offered: servers list what was added last first, and another embedding
 * model means that everything is embedded again.
 */
export function chooseModels(
  listed: readonly string[],
  before: ChosenModels | null,
): ChosenModels | null {
  const pick = (
    wanted: string | null | undefined,
    otherwise: (model: string) => boolean,
  ): string | null => listed.find((model) => model === wanted) ?? listed.find(otherwise) ?? null;
  const chats = (model: string) => !EMBEDS.test(model) && !DOES_NOT_CHAT.test(model);
  const known = (name: string) => listed.find((model) => model === name);
  const language = pick(before?.language ?? known(DEFAULT_LANGUAGE_MODEL), chats);
  if (language === null) return null;
  const sees = (model: string) => chats(model) && SEES.test(model);
  return {
    language,
    embedding: pick(
      before?.embedding ?? known(DEFAULT_EMBEDDING_MODEL),
      (model) => EMBEDS.test(model) && !DOES_NOT_CHAT.test(model),
    ),
    // What its name does not tell, the server will.
    vision: sees(language) ? language : (pick(before?.vision, sees) ?? language),
  };
}

/** The names with every `auto` replaced by what was chosen. */
export function withChoice(names: ModelNames, chosen: ChosenModels): ModelNames {
  const language = (name: string) => (name === AUTO_MODEL ? chosen.language : name);
  const { models } = names;
  return {
    models: {
      medium: language(models.medium),
      small: language(models.small),
      nano: language(models.nano),
      agent: language(models.agent),
    },
    embeddingModel: names.embeddingModel === AUTO_MODEL ? chosen.embedding : names.embeddingModel,
    visionModel: names.visionModel === AUTO_MODEL ? chosen.vision : names.visionModel,
  };
}
