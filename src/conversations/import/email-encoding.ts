/** Bytes of a body, one character a byte, whose transfer encoding is undone. */
export function decodeBody(body: string, encoding: string | null): Uint8Array {
  switch (encoding?.trim().toLowerCase()) {
    case 'base64':
      return Buffer.from(body, 'base64');
    case 'quoted-printable':
      return Buffer.from(
        body
          .replace(/[ \t]+$/gm, '')
          .replace(/=\n/g, '')
          .replace(/=([0-9a-f]{2})/gi, (_, hex: string) =>
            String.fromCharCode(Number.parseInt(hex, 16)),
          ),
        'latin1',
      );
    default:
      return Buffer.from(body, 'latin1');
  }
}

/** Text in a charset by name; in UTF-8 where the name is none that is known. */
export function decodeText(bytes: Uint8Array, charset: string | null): string {
  return new TextDecoder(knownCharset(charset) ?? 'utf-8').decode(bytes);
}

function knownCharset(charset: string | null): string | null {
  if (charset === null) return null;
  try {
    return new TextDecoder(charset.trim()).encoding;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
