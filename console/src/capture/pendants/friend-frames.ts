const FRAME_BYTES = 30;
/** A notification is three LC3 frames and five bytes that are not audio. */
const FRAMES = 3;

/** The LC3 frames of a notification, each to be sent by itself. */
export function framesOf(notification: Uint8Array): Uint8Array[] {
  const count = Math.min(FRAMES, Math.floor(notification.length / FRAME_BYTES));
  return Array.from({ length: count }, (_, index) =>
    notification.slice(index * FRAME_BYTES, (index + 1) * FRAME_BYTES),
  );
}
