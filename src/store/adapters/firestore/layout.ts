import { isDeepStrictEqual } from 'node:util';
import type { Timestamp } from '@google-cloud/firestore';
import { z } from 'zod';
import { AppError } from '../../../kernel/errors.ts';
import type { UserCipher } from '../../../kernel/user-cipher.ts';
import { type AnyCollection, GLOBAL } from '../../../model/collection.ts';
import { toPathSegment } from './document-id.ts';
import {
  decodeValue,
  encodeValue,
  isRecord,
  leavesOf,
  schemaOf,
  storedName,
} from './field-codec.ts';

/** A document's fields as Firestore holds them. */
export type StoredFields = Record<string, unknown>;

/** What is known of a stored document besides its fields. */
export interface StoredAt {
  owner: string;
  id: string;
  path: string;
  updateTime: Timestamp;
}

/** How Omi's documents of a collection differ from the model's, where the collection is Omi's too. */
export interface OmiForm {
  /** The model's fields from Omi's, names in camelCase; undefined: such a document does not count. */
  complete(fields: Record<string, unknown>, stored: StoredFields, at: StoredAt): unknown;
  /** Changes stored fields on their way out, for what Omi calls or writes otherwise. */
  adjust?(stored: StoredFields): StoredFields;
  /** Omi's name of a field, where it is not the snake_case of ours. */
  names?: Readonly<Record<string, string>>;
  /** What a field that is missing means, for filters. */
  absent: Readonly<Record<string, unknown>>;
  /** Stored name of the text that is encrypted where the document's level is `enhanced`. */
  encrypted?: string;
  /** True where Omi's document id says nothing and the field `id` does. */
  idIsField?: boolean;
}

/** Where the documents of one collection stand in Firestore, and in which form. */
export class Layout {
  readonly definition: AnyCollection;
  readonly #omi: OmiForm | undefined;
  readonly #cipher: UserCipher | null;

  /** `cipher` encrypts as Omi does, and reads what Omi has encrypted; null: such documents are an error. */
  constructor(definition: AnyCollection, omi?: OmiForm, cipher: UserCipher | null = null) {
    this.definition = definition;
    this.#omi = omi;
    this.#cipher = cipher;
  }

  /** True where another program's fields may stand beside ours, and stay. */
  get isShared(): boolean {
    return this.#omi !== undefined;
  }

  get idIsField(): boolean {
    return this.#omi?.idIsField === true;
  }

  collectionPath(owner: string): string {
    const { name, scope } = this.definition;
    if ((scope === 'global') !== (owner === GLOBAL)) {
      const wanted = scope === 'global' ? 'has no owner' : 'needs an owner';
      throw new AppError('internal', `Collection ${name} ${wanted}.`);
    }
    return owner === GLOBAL ? name : `users/${toPathSegment(owner)}/${name}`;
  }

  documentPath(owner: string, id: string): string {
    return `${this.collectionPath(owner)}/${toPathSegment(id)}`;
  }

  /** Name in Firestore of a top-level field. */
  field(field: string): string {
    return this.#omi?.names?.[field] ?? storedName(field);
  }

  /** The form to store of a whole document. @throws AppError `internal` where it does not fit */
  toStored(owner: string, document: unknown): StoredFields {
    const parsed = this.definition.schema.safeParse(document);
    if (!parsed.success) throw mismatch('A document to write', this.definition, parsed.error);
    return this.#encode(owner, parsed.data);
  }

  /** The form to store of some fields. @throws AppError `internal` where they do not fit */
  toStoredPart(owner: string, fields: Record<string, unknown>): StoredFields {
    const { schema } = this.definition;
    const part = schema instanceof z.ZodObject ? schema.partial().safeParse(fields) : undefined;
    if (part && !part.success) throw mismatch('A document to write', this.definition, part.error);
    // Defaults that `partial` fills in are not part of the change.
    const parsed = (part?.data ?? fields) as Record<string, unknown>;
    const kept = Object.keys(fields).map((key) => [key, parsed[key]]);
    return this.#encode(owner, Object.fromEntries(kept));
  }

  /** The document of stored fields, or undefined where they are none of ours. */
  fromStored(found: StoredFields, at: StoredAt): { id: string } | undefined {
    const { schema } = this.definition;
    const stored = this.#opened(found, at.owner);
    const fields = decodeValue(schema, this.#withOurNames(stored));
    const document = this.#omi
      ? this.#omi.complete(isRecord(fields) ? fields : {}, stored, at)
      : fields;
    if (document === undefined) return undefined;
    const parsed = schema.safeParse(document);
    if (parsed.success) return parsed.data;
    throw mismatch('A stored document', this.definition, parsed.error);
  }

  /** What a missing field means to a filter; undefined: it is never missing. */
  absentValue(field: string): unknown {
    const absent = this.#omi?.absent;
    if (absent && Object.hasOwn(absent, field)) return absent[field];
    const parsed = schemaOf(this.definition.schema, field)?.safeParse(undefined);
    return parsed?.success ? parsed.data : undefined;
  }

  #encode(owner: string, fields: object): StoredFields {
    const named = this.#encodePlain(fields);
    const encrypted = this.#omi?.encrypted;
    const text = encrypted === undefined ? undefined : named[encrypted];
    if (encrypted === undefined || typeof text !== 'string') return named;
    if (!this.#cipher) return { ...named, [LEVEL]: 'standard' };
    return { ...named, [encrypted]: this.#cipher.encryptText(owner, text), [LEVEL]: 'enhanced' };
  }

  #encodePlain(fields: object): StoredFields {
    const encoded = encodeValue(this.definition.schema, fields) as StoredFields;
    const named: StoredFields = { ...encoded };
    for (const [ours, theirs] of Object.entries(this.#omi?.names ?? {})) {
      const name = storedName(ours);
      if (!(name in named)) continue;
      named[theirs] = named[name];
      delete named[name];
    }
    return this.#omi?.adjust?.(named) ?? named;
  }

  /** Its text in the clear. */
  #opened(stored: StoredFields, owner: string): StoredFields {
    const encrypted = this.#omi?.encrypted;
    const text = encrypted === undefined ? undefined : stored[encrypted];
    if (encrypted === undefined || typeof text !== 'string') return stored;
    // Where a level was changed and the text was not, the text says what it is.
    if (stored[LEVEL] !== 'enhanced' || !mayBeEncrypted(text)) return stored;
    if (!this.#cipher) {
      throw new AppError(
        'not-configured',
        `A document of ${this.definition.name} is encrypted: ENCRYPTION_SECRET has to be the one that it was stored with.`,
      );
    }
    return { ...stored, [encrypted]: this.#cipher.decryptText(owner, text) };
  }

  /**
   * The paths of the fields that a put writes. Of a document that was read in the same transaction
   * only what has changed or was missing: what Omi wrote and the model cannot say stays as it is.
   *
   * @param fields what `toStored` makes of `document`
   */
  leavesToWrite(
    document: object,
    fields: StoredFields,
    read?: { stored: StoredFields; document: object },
  ): string[] {
    const leaves = leavesOf(fields, keepsWhole);
    if (!read) return [...leaves.keys()];
    // In plain: encrypted, one text is another each time.
    const after = leavesOf(this.#encodePlain(document), keepsWhole);
    const before = leavesOf(this.#encodePlain(read.document), keepsWhole);
    const present = leavesOf(read.stored, keepsWhole);
    const encrypted = this.#omi?.encrypted;
    const isOtherwiseEncrypted =
      encrypted !== undefined &&
      (present.get(LEVEL) !== leaves.get(LEVEL) ||
        (leaves.get(LEVEL) === 'enhanced' && !mayBeEncrypted(String(present.get(encrypted)))));
    const written = [...leaves.keys()].filter((path) => {
      if (isOtherwiseEncrypted && (path === encrypted || path === LEVEL)) return true;
      return !present.has(path) || !isDeepStrictEqual(before.get(path), after.get(path));
    });
    // The text and whether it is encrypted go together.
    const withLevel =
      encrypted !== undefined && written.includes(encrypted) && !written.includes(LEVEL);
    return withLevel ? [...written, LEVEL] : written;
  }

  #withOurNames(stored: StoredFields): StoredFields {
    const named = { ...stored };
    for (const [ours, theirs] of Object.entries(this.#omi?.names ?? {})) {
      if (theirs in stored) named[storedName(ours)] = stored[theirs];
    }
    return named;
  }
}

const LEVEL = 'data_protection_level';

/** Nonce and tag alone are 28 bytes, as base64 38 characters and padding. */
function mayBeEncrypted(text: string): boolean {
  return text.length >= 40 && text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text);
}

const MERGED = new Set(['structured', 'transcription_preferences', 'onboarding']);

/** Only what the model gives fields of its own is written field by field. */
export function keepsWhole(path: string): boolean {
  return !MERGED.has(path);
}

/** Names fields and rules only: values may be somebody's words. */
function mismatch(what: string, collection: AnyCollection, error: z.ZodError): AppError {
  const fields = error.issues
    .slice(0, 5)
    .map((issue) => `${issue.path.join('.')} (${issue.code ?? ''})`);
  return new AppError(
    'internal',
    `${what} of ${collection.name} does not fit its schema: ${fields.join(', ')}.`,
  );
}
