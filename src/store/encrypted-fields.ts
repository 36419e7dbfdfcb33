import { z } from 'zod';
import { AppError } from '../kernel/errors.ts';
import type { UserCipher } from '../kernel/user-cipher.ts';
import type { AnyCollection } from '../model/collection.ts';

/** Prefix of an encrypted value: base64 of nonce, ciphertext and tag of the value's JSON. */
const ENCRYPTED = 'enc1:';
/** Prefix of plain text that begins with one of these prefixes itself. */
const PLAIN = 'plain1:';

type Fields = Record<string, unknown>;

/** Returns true if a stored text is an encrypted value, and not Omi's bare base64 or plain text. */
function isEncryptedValue(text: string): boolean {
  return text.startsWith(ENCRYPTED);
}

/** Encrypts and decrypts the declared fields of one collection's documents. */
export class EncryptedFields {
  /** The collection as the engine has it: an encrypted field is text, whatever its type in the model. */
  readonly stored: AnyCollection;
  readonly #name: string;
  readonly #encrypted: readonly string[];
  readonly #shape: Readonly<Record<string, z.ZodType>>;
  readonly #cipher: UserCipher | null;
  readonly #isOursAlone: boolean;

  /** @param isOursAlone false if another program may have encrypted documents, too */
  constructor(collection: AnyCollection, cipher: UserCipher | null, isOursAlone: boolean) {
    const { schema, encrypted = [] } = collection;
    if (!(schema instanceof z.ZodObject)) {
      throw new AppError('internal', `The schema of ${collection.name} has no fields.`);
    }
    this.#name = collection.name;
    this.#shape = schema.shape as Record<string, z.ZodType>;
    this.#encrypted = encrypted;
    this.#cipher = cipher;
    this.#isOursAlone = isOursAlone;
    const texts = encrypted.flatMap((field) => {
      const own = this.#schemaOf(field);
      return own instanceof z.ZodString ? [] : [[field, z.union([own, z.string()])] as const];
    });
    this.stored =
      cipher === null || texts.length === 0
        ? collection
        : ({
            ...collection,
            schema: schema.extend(Object.fromEntries(texts)),
          } as unknown as AnyCollection);
  }

  /** Returns a whole document, or some fields of one, as stored. */
  encrypt(owner: string, fields: Fields): Fields {
    const stored: Fields = { ...fields };
    for (const field of this.#encrypted) {
      if (field in stored) stored[field] = this.#encryptValue(owner, stored[field]);
    }
    return stored;
  }

  /** Returns a whole document as stored, with its protection level. */
  encryptDocument(owner: string, document: Fields): Fields {
    return { ...this.encrypt(owner, document), ...this.#levelOf(document) };
  }

  /** Returns some fields as stored, with the level if they include encrypted fields. */
  encryptPart(owner: string, fields: Fields): Fields {
    const touches = this.#encrypted.some((field) => field in fields);
    return { ...this.encrypt(owner, fields), ...(touches ? this.#levelOf(this.#shape) : {}) };
  }

  /** Returns a stored document in plain. @throws AppError `internal` if it cannot be decrypted */
  decrypt(owner: string, stored: Fields): Fields {
    if (this.#encrypted.length === 0) return stored;
    const document: Fields = { ...stored };
    for (const field of this.#encrypted) {
      const value = document[field];
      if (typeof value !== 'string') continue;
      if (isEncryptedValue(value)) document[field] = this.#decryptValue(owner, field, value);
      else if (value.startsWith(PLAIN)) document[field] = value.slice(PLAIN.length);
    }
    return document;
  }

  #encryptValue(owner: string, value: unknown): unknown {
    if (value === null || value === undefined) return value;
    if (this.#cipher) {
      const plain = Buffer.from(JSON.stringify(value));
      return ENCRYPTED + this.#cipher.encrypt(owner, plain).toString('base64');
    }
    if (typeof value !== 'string') return value;
    return value.startsWith(ENCRYPTED) || value.startsWith(PLAIN) ? PLAIN + value : value;
  }

  #decryptValue(owner: string, field: string, value: string): unknown {
    if (!this.#cipher) {
      throw new AppError(
        'internal',
        `A document of ${this.#name} is encrypted, and no ENCRYPTION_SECRET is set.`,
      );
    }
    const plain = this.#cipher.decrypt(owner, Buffer.from(value.slice(ENCRYPTED.length), 'base64'));
    // Fields that are newer than the document get their defaults.
    const parsed = this.#schemaOf(field).safeParse(JSON.parse(plain.toString('utf8')));
    if (parsed.success) return parsed.data;
    throw new AppError(
      'internal',
      `A stored document of ${this.#name} does not fit its schema: ${field}.`,
    );
  }

  /**
   * The level says how a document is stored. If none of its fields is encrypted, parts of it elsewhere
   * may be (a conversation's transcript), even without a secret, if another program has encrypted them.
   */
  #levelOf(fields: Fields): Fields {
    if (!('dataProtectionLevel' in this.#shape) || !('dataProtectionLevel' in fields)) return {};
    if (this.#cipher) return { dataProtectionLevel: 'enhanced' };
    const isPlain = this.#encrypted.length > 0 || this.#isOursAlone;
    return isPlain ? { dataProtectionLevel: 'standard' } : {};
  }

  #schemaOf(field: string): z.ZodType {
    const schema = this.#shape[field];
    if (!schema) throw new AppError('internal', `${this.#name} has no field ${field}.`);
    return schema;
  }
}
