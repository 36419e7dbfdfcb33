/**
 * The words in the `content` of a message or of a piece of one: a text, or a list of parts, of
 * which only texts are words (Mistral sends thoughts as parts of their own).
 */
export function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map(textOfPart).join('');
}

function textOfPart(part: unknown): string {
  if (typeof part !== 'object' || part === null || !('text' in part)) return '';
  const isText = !('type' in part) || part.type === 'text';
  return isText && typeof part.text === 'string' ? part.text : '';
}

/** True if a server sends a model's thoughts apart from its words. */
export function hasOwnThoughts(message: object): boolean {
  return ['reasoning_content', 'reasoning', 'thinking', 'reasoning_details'].some((field) => {
    const value: unknown = Reflect.get(message, field);
    return (typeof value === 'string' || Array.isArray(value)) && value.length > 0;
  });
}
