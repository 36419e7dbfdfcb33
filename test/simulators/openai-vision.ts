import { readPhoto } from '../fixtures/photos.ts';

interface ImagePart {
  type: string;
  image_url?: { url?: unknown };
}

/**
 * What a model sees in the images of a request: null if there are none, a problem if one is no
 * image that it can read, otherwise a sentence that says what their files hold. An image of
 * darkness leaves it without words.
 */
export function seeImages(
  messages: readonly { content: unknown }[],
): { said: string } | { problem: string } | null {
  const parts = messages.flatMap(({ content }) =>
    Array.isArray(content) ? (content as ImagePart[]) : [],
  );
  const images = parts.filter((part) => part.type === 'image_url');
  if (images.length === 0) return null;
  const scenes: string[] = [];
  for (const { image_url: image } of images) {
    const match = /^data:image\/(?:jpeg|png|webp);base64,(.+)$/.exec(String(image?.url));
    const scene = match?.[1] ? readPhoto(Buffer.from(match[1], 'base64')) : null;
    if (scene === null) return { problem: 'You uploaded an unsupported image.' };
    if (scene !== 'darkness') scenes.push(scene);
  }
  return { said: scenes.length === 0 ? '' : `I see ${scenes.join(' and ')}.` };
}
