import type { z } from 'zod';
import { AppError } from '../../kernel/errors.ts';
import type { ImportedTalk, LeftOut } from './imported-transcript.ts';
import { cleanLine } from './markdown-line.ts';

/** A transcript file as its formats see it. What costs something is made when it is first asked for. */
export class TextFile {
  /** The last part of its path. */
  readonly name: string;
  readonly text: string;
  /** Names of people who may speak in it, such as the user's. */
  readonly knownNames: readonly string[];
  /** IANA zone of times of day that the file gives without one. */
  readonly timeZone: string;
  #lines: readonly string[] | undefined;
  #plainLines: readonly string[] | undefined;
  #json: { value: unknown } | undefined;

  constructor(options: {
    name: string;
    text: string;
    knownNames?: readonly string[];
    timeZone?: string;
  }) {
    this.name = options.name;
    this.text = options.text;
    this.knownNames = options.knownNames ?? [];
    this.timeZone = options.timeZone ?? 'UTC';
  }

  /** Its lines as they are, without line ends. */
  get lines(): readonly string[] {
    this.#lines ??= this.text.split(/\r\n|[\r\n\u2028\u2029]/u);
    return this.#lines;
  }

  /** Its lines for reading: white space as single spaces, Markdown at their beginning taken off. */
  get plainLines(): readonly string[] {
    this.#plainLines ??= this.lines.map(cleanLine);
    return this.#plainLines;
  }

  /** Its extension in lower case without the full stop; empty without one. */
  get extension(): string {
    return (
      /\.(?<extension>[a-z0-9]{1,12})$/iu.exec(this.name)?.groups?.extension?.toLowerCase() ?? ''
    );
  }

  /** True if its text begins as JSON does. */
  get looksLikeJson(): boolean {
    return /^\s*(?:\{\s*["}]|\[\s*[{[\]"\d])/u.test(this.text.slice(0, 1_000));
  }

  /** The value of its JSON; undefined if it is none. */
  get json(): unknown {
    this.#json ??= { value: readJson(this.text) };
    return this.#json.value;
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export interface ParsedFile {
  talks: ImportedTalk[];
  leftOut: LeftOut[];
}

/** Families by which a format can be asked for on the command line. */
export const FORMAT_FAMILIES = ['json', 'vtt', 'srt', 'text'] as const;
export type FormatFamily = (typeof FORMAT_FAMILIES)[number];

/** A kind of transcript file: how it is recognised and how it is read. */
export interface TranscriptFormat {
  /** Short, for the command line and reports: `otter`. */
  id: string;
  family: FormatFamily;
  /** For a person: `Otter text export`. */
  title: string;
  /** How sure it is that a file is of this kind, from 0 (it is not) to 1. */
  recognise(file: TextFile): number;
  /**
   * The conversations of a file that was recognised or that somebody says is of this kind. Talks without
   * a turn are left to the caller. Throws `bad-request` with the place for a file that is not.
   */
  parse(file: TextFile): ParsedFile;
}

/**
 * A format of JSON that is recognised by its shape.
 *
 * @param toTalks the conversations of a file of that shape
 */
export function jsonFormat<T>(format: {
  id: string;
  title: string;
  schema: z.ZodType<T>;
  toTalks: (value: T) => ImportedTalk[];
}): TranscriptFormat {
  const { id, title, schema, toTalks } = format;
  return {
    id,
    family: 'json',
    title,
    recognise: (file) => (file.looksLikeJson && schema.safeParse(file.json).success ? 1 : 0),
    parse: (file) => {
      if (file.json === undefined) throw new AppError('bad-request', 'It is not valid JSON.');
      const parsed = schema.safeParse(file.json);
      if (parsed.success) return { talks: toTalks(parsed.data), leftOut: [] };
      const [issue] = parsed.error.issues;
      // Zod's message names types, never values.
      const place = issue?.path.join('.') || 'the whole';
      throw new AppError(
        'bad-request',
        `It is no transcript of ${title}: ${place}: ${issue?.message}.`,
      );
    },
  };
}
