import { z } from 'zod';
import { toConversationSource } from '../model/conversations/conversation.ts';
import { conversationTimeoutMs, type ListenOptions } from '../sessions/listen-options.ts';

const flag = z
  .string()
  .transform((text) => text.toLowerCase())
  .pipe(z.enum(['true', 'false', '1', '0', 'yes', 'no', 'on', 'off']))
  .transform((text) => ['true', '1', 'yes', 'on'].includes(text));

const integer = z
  .string()
  .regex(/^-?\d+$/)
  .transform(Number);

/**
 * The query of `/v4/listen` and `/v4/web/listen`; parameters that are not named here (`uid`,
 * `call_id`, …) are accepted and not used.
 */
export const listenQuerySchema = z.object({
  language: z.string().min(1).max(35).default('en'),
  sample_rate: integer.pipe(z.number().int().min(4_000).max(192_000)).default(8_000),
  codec: z.string().default('pcm8'),
  channels: integer.pipe(z.number().int().min(1).max(16)).default(1),
  include_speech_profile: flag.default(true),
  conversation_timeout: integer.optional(),
  source: z.string().optional(),
  custom_stt: z.string().default('disabled'),
  stt_service: z.string().optional(),
  call_id: z.string().max(200).optional(),
  onboarding: z.string().default('disabled'),
  speaker_auto_assign: z.string().default('disabled'),
  vad_gate: z.string().default(''),
  stream_id: z
    .string()
    .regex(/^[\w-]{8,100}$/)
    .optional(),
  stream_age: integer.pipe(z.number().int().min(0)).optional(),
  partials: z.string().default('disabled'),
  client_conversation_id: z.string().optional(),
});
const uuid = z.uuid();
/** What is known of a stream is kept as long. */
const MAX_STREAM_AGE_MS = 30 * 24 * 3_600_000;

export interface ListenQuery {
  options: Omit<ListenOptions, 'uid' | 'clientKey'>;
}

/** A call may last this long; the parameter has no say in it. */
const CALL_TIMEOUT_MS = 14_400_000;

/** The parsed query, or the sentence that says what is wrong with it. */
export function parseListenQuery(
  params: URLSearchParams,
  defaultTimeoutMs: number,
): ListenQuery | { problem: string } {
  const parsed = listenQuerySchema.safeParse(Object.fromEntries(params));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return { problem: `${issue?.path.join('.') ?? 'query'}: ${issue?.message ?? 'not valid'}` };
  }
  const query = parsed.data;
  const onboarding = query.onboarding === 'enabled';
  const isCall = query.channels > 1;
  return {
    options: {
      language: query.language === 'auto' ? 'multi' : query.language,
      sampleRate: query.sample_rate,
      codec: query.codec,
      // Neither a call nor an interview leaves it open who speaks.
      includeSpeechProfile: query.include_speech_profile && !isCall && !onboarding,
      conversationTimeoutMs: isCall
        ? CALL_TIMEOUT_MS
        : query.conversation_timeout === undefined
          ? defaultTimeoutMs
          : conversationTimeoutMs(query.conversation_timeout),
      source: toConversationSource(query.source),
      customStt: query.custom_stt === 'enabled',
      sttService: query.stt_service || null,
      vadGate: vadGateOf(query.vad_gate),
      speakerAutoAssign: query.speaker_auto_assign === 'enabled',
      channels: query.channels,
      callId: query.call_id || null,
      // Only audio of one channel can be counted.
      streamId: isCall || query.custom_stt === 'enabled' ? null : (query.stream_id ?? null),
      streamAgeMs:
        query.stream_age === undefined ? null : Math.min(query.stream_age, MAX_STREAM_AGE_MS),
      partials: query.partials === 'enabled',
      onboarding,
      ...(isCall ? {} : conversationOf(query.client_conversation_id)),
    },
  };
}

/** What is no UUID is ignored, as Omi's server does. */
function conversationOf(text: string | undefined): Pick<ListenOptions, 'conversationId'> {
  const parsed = uuid.safeParse(text?.trim().toLowerCase());
  return parsed.success ? { conversationId: parsed.data } : {};
}

/** `enabled` and `disabled` are wishes; anything else leaves it to the server, as Omi's does. */
function vadGateOf(text: string): boolean | null {
  if (text === 'enabled') return true;
  return text === 'disabled' ? false : null;
}
