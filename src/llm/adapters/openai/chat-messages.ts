import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import type { ChatModelMessage } from '../../chat-model.ts';

/** A message as the protocol has it. */
export function toVendorMessage(message: ChatModelMessage): ChatCompletionMessageParam {
  if (message.role === 'tool') {
    return { role: 'tool', tool_call_id: message.callId, content: message.text };
  }
  if (message.role === 'user-with-images') {
    const images = message.images.map(({ mediaType, base64 }) => ({
      type: 'image_url' as const,
      image_url: { url: `data:${mediaType};base64,${base64}` },
    }));
    return { role: 'user', content: [...images, { type: 'text', text: message.text }] };
  }
  if (message.role !== 'assistant') return { role: message.role, content: message.text };
  if (message.toolCalls.length === 0) return { role: 'assistant', content: message.text };
  return {
    role: 'assistant',
    content: message.text === '' ? null : message.text,
    tool_calls: message.toolCalls.map(({ id, name, arguments: args }) => ({
      id,
      type: 'function',
      function: { name, arguments: args },
    })),
  };
}

/** The same messages for a model without system messages (Gemma): the first of the user holds them. */
export function foldSystemMessages(
  messages: readonly ChatCompletionMessageParam[],
): ChatCompletionMessageParam[] {
  const system = messages.flatMap((message) =>
    message.role === 'system' && typeof message.content === 'string' ? [message.content] : [],
  );
  const others = messages.filter(({ role }) => role !== 'system');
  const instructions = system.join('\n\n');
  const [first, ...rest] = others;
  if (instructions === '') return others;
  if (first?.role !== 'user') return [{ role: 'user', content: instructions }, ...others];
  const content =
    typeof first.content === 'string'
      ? `${instructions}\n\n${first.content}`
      : [{ type: 'text' as const, text: instructions }, ...first.content];
  return [{ ...first, content }, ...rest];
}
