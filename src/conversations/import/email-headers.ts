import { decodeBody, decodeText } from './email-encoding.ts';

/** A header such as `text/plain; charset="utf-8"`, names in lower case. */
export interface ContentType {
  name: string;
  parameters: ReadonlyMap<string, string>;
}

/** The headers of a message or part; names are not case sensitive. */
export class EmailHeaders {
  readonly #fields: ReadonlyMap<string, string>;

  constructor(fields: ReadonlyMap<string, string>) {
    this.#fields = fields;
  }

  has(name: string): boolean {
    return this.#fields.has(name);
  }

  raw(name: string): string | null {
    return this.#fields.get(name) ?? null;
  }

  /** For people to read: encoded words decoded, empty as null. */
  text(name: string): string | null {
    const value = this.#fields.get(name);
    if (value === undefined) return null;
    // Bytes beyond ASCII without an encoding are UTF-8 in what is sent today.
    const text = decodeWords(decodeText(Buffer.from(value, 'latin1'), 'utf-8')).trim();
    return text === '' ? null : text;
  }

  contentType(): ContentType {
    return readParameters(this.raw('content-type') ?? 'text/plain');
  }

  isAttachment(): boolean {
    return readParameters(this.raw('content-disposition') ?? '').name === 'attachment';
  }
}

/** Reads headers, lines that go on with white space unfolded; the first of a name counts. */
export function readHeaders(head: string): EmailHeaders {
  const fields = new Map<string, string>();
  for (const line of head.replace(/\n[ \t]+/g, ' ').split('\n')) {
    const [, name, value] = /^([!-9;-~]+):[ \t]*(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) continue;
    const key = name.toLowerCase();
    if (!fields.has(key)) fields.set(key, value.trim());
  }
  return new EmailHeaders(fields);
}

/** RFC 2047: `=?utf-8?Q?Gr=C3=BC=C3=9Fe?=`. White space between two encoded words is no text. */
function decodeWords(text: string): string {
  const word = /=\?([^?\s]+)\?([bqBQ])\?([^?\s]*)\?=/g;
  return text
    .replace(/(\?=)\s+(?==\?[^?\s]+\?[bqBQ]\?)/g, '$1')
    .replace(word, (_, charset: string, encoding: string, payload: string) => {
      const isBase64 = encoding.toLowerCase() === 'b';
      const body = isBase64 ? payload : payload.replaceAll('_', ' ');
      const bytes = decodeBody(body, isBase64 ? 'base64' : 'quoted-printable');
      return decodeText(bytes, charset.replace(/\*.*$/, ''));
    });
}

function readParameters(value: string): ContentType {
  const [name = ''] = value.split(';', 1);
  const parameters = new Map<string, string>();
  for (const [, key, quoted, bare] of value.matchAll(
    /;\s*([\w-]+)\s*=\s*(?:"([^"]*)"|([^\s;]+))/g,
  )) {
    if (key !== undefined) parameters.set(key.toLowerCase(), quoted ?? bare ?? '');
  }
  return { name: name.trim().toLowerCase(), parameters };
}
