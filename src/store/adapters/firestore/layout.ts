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

/** A document's fields as Firestore stores them. */
export type StoredFields = Record<string, unknown>;

/** What a stored document has besides its fields. */
export interface StoredAt {
  owner: string;
  id: string;
  path: string;
  updateTime: Timestamp;
}

/** How Omi's documents of a collection differ from the model's, for collections that Omi has, too. */
export interface OmiForm {
  /** Returns the model's fields from Omi's, names in camelCase; undefined: ignore the document. */
  complete(fields: Record<string, unknown>, stored: StoredFields, at: StoredAt): unknown;
  /** Changes the fields before they are stored, if Omi has other names or forms. */
  adjust?(stored: StoredFields): StoredFields;
  /** Omi's name of a field, if it is not the snake_case of ours. */
  names?: Readonly<Record<string, string>>;
  /** The value of a missing field, for filters. */
  absent: Readonly<Record<string, unknown>>;
  /** Stored name of the text that is encrypted if the document's level is `enhanced`. */
  encrypted?: string;
  /** True if the field `id` counts and Omi's document id is arbitrary. */
  idIsField?: boolean;
}

/** The paths and the form of one collection's documents in Firestore. */
export class Layout {
  readonly definition: AnyCollection;
  readonly #omi: OmiForm | undefined;
  readonly #cipher: UserCipher | null;

  /** @param cipher encrypts and decrypts as Omi does; null: encrypted documents are an error */
  constructor(definition: AnyCollection, omi?: OmiForm, cipher: UserCipher | null = null) {
    this.definition = definition;
    this.#omi = omi;
    this.#cipher = cipher;
  }

  /** True if another program may have fields in the same documents; they are kept. */
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

  /** Returns the name in Firestore of a top-level field. */
  field(field: string): string {
    return this.#omi?.names?.[field] ?? storedName(field);
  }

  /**
   * Returns a whole document as it is stored.
   *
   * @throws AppError `internal` if it does not fit the schema
   */
  toStored(owner: string, document: unknown): StoredFields {
    const parsed = this.definition.schema.safeParse(document);
    if (!parsed.success) throw mismatch('A document to write', this.definition, parsed.error);
    return this.#encode(owner, parsed.data);
  }

  /**
   * Returns some fields as they are stored.
   *
   * @throws AppError `internal` if they do not fit the schema
   */
  toStoredPart(owner: string, fields: Record<string, unknown>): StoredFields {
    const { schema } = this.definition;
    const part = schema instanceof z.ZodObject ? schema.partial().safeParse(fields) : undefined;
    if (part && !part.success) throw mismatch('A document to write', this.definition, part.error);
    // Defaults that `partial` adds are not part of the change.
    const parsed = (part?.data ?? fields) as Record<string, unknown>;
    const kept = Object.keys(fields).map((key) => [key, parsed[key]]);
    return this.#encode(owner, Object.fromEntries(kept));
  }

  /** Returns the document of stored fields; undefined if they are not a document of ours. */
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

  /** Returns the value of a missing field for filters; undefined: it is never missing. */
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

  /** Decrypts the text. */
  #opened(stored: StoredFields, owner: string): StoredFields {
    const encrypted = this.#omi?.encrypted;
    const text = encrypted === undefined ? undefined : stored[encrypted];
    if (encrypted === undefined || typeof text !== 'string') return stored;
    // If the level was changed and the text was not, the text itself shows what it is.
    if (stored[LEVEL] !== 'enhanced' || !mayBeEncrypted(text)) return stored;
    if (!this.#cipher) {
      throw new AppError(
        'not-configured',
        `A document of ${this.definition.name} is encrypted: set the ENCRYPTION_SECRET that it was stored with.`,
      );
    }
    return { ...stored, [encrypted]: this.#cipher.decryptText(owner, text) };
  }

  /**
   * Returns the paths of the fields that a put writes. If the document was read in the same
   * transaction, only fields that have changed or were missing, so that fields of Omi's that the model
   * does not have are kept.
   *
   * @param fields the result of `toStored` for `document`
   */
  leavesToWrite(
    document: object,
    fields: StoredFields,
    read?: { stored: StoredFields; document: object },
  ): string[] {
    const leaves = leavesOf(fields, keepsWhole);
    if (!read) return [...leaves.keys()];
    // Compare in plain: an encrypted text is different each time.
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
    // The text and its level must be written together.
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

/** Nonce and tag are 28 bytes, in base64 38 characters and padding. */
function mayBeEncrypted(text: string): boolean {
  return text.length >= 40 && text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text);
}

const MERGED = new Set(['structured', 'transcription_preferences', 'onboarding']);

/** Returns true for values that are written as a whole: the model does not declare their fields. */
export function keepsWhole(path: string): boolean {
  return !MERGED.has(path);
}

/** The message names fields and rules only: values may be user data. */
function mismatch(what: string, collection: AnyCollection, error: z.ZodError): AppError {
  const fields = error.issues
    .slice(0, 5)
    .map((issue) => `${issue.path.join('.')} (${issue.code ?? ''})`);
  return new AppError(
    'internal',
    `${what} of ${collection.name} does not fit its schema: ${fields.join(', ')}.`,
  );
}
