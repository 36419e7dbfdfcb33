import type { APIError } from 'openai';
import type { Feature } from './model-abilities.ts';
import { isConnectionError, isTooLong } from './openai-errors.ts';

/** How servers word it that they do not take something: Ollama, llama.cpp, vLLM, LM Studio, LiteLLM. */
const WORDS: Readonly<Record<Feature, RegExp>> = {
  'stream-options': /stream_options|include_usage|stream options/i,
  tools: /\btools?\b|tool[_ -](?:calls?|choice|use)|\bfunctions?[_ -]?call/i,
  images: /\bimages?\b|image_url|\bvision\b|multi-?modal|mmproj/i,
  'json-schema': /response_format|response format|json_schema|structured output|guided|grammar/i,
  'json-object': /response_format|response format|json_object|json mode|guided|grammar/i,
  'system-messages': /system (?:role|message|prompt)|role.{0,20}\bsystem\b|roles must alternate/i,
};
/** One tool is described wrongly: says nothing of tools as such. */
const BAD_SCHEMA = /schema for (?:function|tool)|invalid .{0,20}schema for/i;
/** Statuses that say something of the request, or that local servers use for it. */
const ABOUT_THE_REQUEST = new Set([400, 404, 405, 415, 422, 500, 501]);
/** Statuses that say it for certain, whatever the words are. */
const CERTAIN = new Set([400, 422]);

/** What a server refused, and whether it has said so in words. */
export interface Refusal {
  feature: Feature;
  /** False if it is a guess, to be tried out. */
  isNamed: boolean;
}

/**
 * Returns which of the features of a request the server has refused, null if the error is about
 * something else. Where the words name none, the first is guessed.
 *
 * @param used what the request used, the least important first
 */
export function refusedFeature(error: APIError, used: readonly Feature[]): Refusal | null {
  const { status } = error;
  if (isTooLong(error) || isConnectionError(error)) return null;
  // Without a status the error came in the middle of a stream.
  if (status !== undefined && !ABOUT_THE_REQUEST.has(status)) return null;
  const words = `${error.message} ${error.param ?? ''} ${error.code ?? ''}`.slice(0, 4_000);
  if (BAD_SCHEMA.test(words)) return null;
  const named = used.find((feature) => WORDS[feature].test(words));
  if (named) return { feature: named, isNamed: true };
  const guessed = used.find((feature) => feature !== 'system-messages' && feature !== 'images');
  if (guessed === undefined || status === undefined || !CERTAIN.has(status)) return null;
  return { feature: guessed, isNamed: false };
}
