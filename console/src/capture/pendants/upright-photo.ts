import type { RawPhoto } from './omi-photos.ts';

/** Turns a photo upright. One that the browser cannot decode is returned as it is. */
export async function upright({ jpeg, turns }: RawPhoto): Promise<Blob> {
  const blob = new Blob([jpeg], { type: 'image/jpeg' });
  if (turns === 0) return blob;
  const image = await createImageBitmap(blob).catch(() => null);
  if (!image) return blob;
  const isAcross = turns % 2 === 1;
  const [width, height] = isAcross ? [image.height, image.width] : [image.width, image.height];
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (!context) return blob;
  context.translate(width / 2, height / 2);
  context.rotate((turns * Math.PI) / 2);
  context.drawImage(image, -image.width / 2, -image.height / 2);
  return canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 });
}
