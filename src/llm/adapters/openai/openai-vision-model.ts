import type { ChatCompletion } from 'openai/resources/chat/completions';
import { z } from 'zod';
import { AppError } from '../../../kernel/errors.ts';
import { cleanAnswer } from '../../answer-filter.ts';
import { ImagesUnsupportedError } from '../../chat-model.ts';
import { ignoreUsage } from '../../model-usage.ts';
import type { ImageRequest, VisionModel } from '../../vision-model.ts';
import { textOf } from './message-text.ts';
import { isOpenAi, OpenAiClient, type OpenAiOptions } from './openai-client.ts';
import { tellUsage } from './read-usage.ts';
import { refusedFeature } from './refused-feature.ts';

/** A description that is longer says nothing more of an image. */
const MAX_DESCRIPTION_CHARS = 20_000;

/**
 * A model behind OpenAI's chat completions that takes images.
 * Source: https://platform.openai.com/docs/guides/images-vision
 */
export function createOpenAiVisionModel(options: OpenAiOptions): VisionModel {
  const client = new OpenAiClient(options);
  return {
    model: options.model,
    describeImage: (request, signal, onUsage = ignoreUsage) =>
      client.within(signal, async (deadline) => {
        if (!client.abilities.takes('images')) throw new ImagesUnsupportedError(options.model);
        const completion = await client.request<ChatCompletion>(
          deadline,
          (openai, settings) => openai.chat.completions.create(bodyOf(options, request), settings),
          (error) => {
            if (!refusedFeature(error, ['images'])?.isNamed) return undefined;
            client.abilities.lacks('images');
            throw new ImagesUnsupportedError(options.model);
          },
        );
        tellUsage(completion, options.model, onUsage);
        return readText(completion, options.model);
      }),
  };
}

function bodyOf({ model, baseUrl }: OpenAiOptions, request: ImageRequest) {
  const url = `data:${request.mediaType};base64,${request.imageBase64}`;
  return {
    model,
    stream: false as const,
    messages: [
      { role: 'system' as const, content: request.instructions },
      {
        role: 'user' as const,
        // Without detail an image costs a fixed, small number of tokens.
        content: [{ type: 'image_url' as const, image_url: { url, detail: 'low' as const } }],
      },
    ],
    ...(isOpenAi(baseUrl) ? { store: false } : {}),
  };
}

const completionSchema = z.object({
  choices: z.array(
    z.object({
      finish_reason: z.string().nullish(),
      message: z.object({ content: z.unknown(), refusal: z.string().nullish() }),
    }),
  ),
});

function readText(completion: ChatCompletion, model: string): string {
  const choice = completionSchema.safeParse(completion).data?.choices[0];
  if (!choice) throw new AppError('provider-protocol', `Model ${model} gave no answer.`);
  if (choice.message.refusal || choice.finish_reason === 'content_filter') {
    const message = `Model ${model} refused to answer.`;
    throw new AppError('provider-protocol', message, { retryable: false });
  }
  return cleanAnswer(textOf(choice.message.content)).slice(0, MAX_DESCRIPTION_CHARS);
}
