import { z } from 'zod';
import { AppError } from '../kernel/errors.ts';
import type { UserCipher } from '../kernel/user-cipher.ts';
import type { AnyCollection } from '../model/collection.ts';

/** Begins what is encrypted: base64 of nonce, ciphertext and tag of the value's JSON. */
const ENCRYPTED = 'enc1:';
/** Begins plain text that would otherwise be taken for one of these two. */
const PLAIN = 'plain1:';

type Fields = Record<string, unknown>;

/** Whether a stored text is an encrypted value, and not Omi's bare base64 or plain text. */
function isEncryptedValue(text: string): boolean {
  return text.startsWith(ENCRYPTED);
}

/** Turns the declared fields of one collection's documents into their stored form and back. */
export class EncryptedFields {
  /** The collection as the engine has it: an encrypted field may be text, whatever it is in the model. */
  readonly stored: AnyCollection;
  readonly #name: string;
  readonly #encrypted: readonly string[];
  readonly #shape: Readonly<Record<string, z.ZodType>>;
  readonly #cipher: UserCipher | null;
  readonly #isOursAlone: boolean;

  /** @param isOursAlone false where another program may have encrypted what this one finds */
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

  /** A whole document, or some fields of one, as it is stored. */
  encrypt(owner: string, fields: Fields): Fields {
    const stored: Fields = { ...fields };
    for (const field of this.#encrypted) {
      if (field in stored) stored[field] = this.#encryptValue(owner, stored[field]);
    }
    return stored;
  }

  /** A whole document as it is stored, with the level that it is now protected by. */
  encryptDocument(owner: string, document: Fields): Fields {
    return { ...this.encrypt(owner, document), ...this.#levelOf(document) };
  }

  /** Some fields as they are stored; the level goes with the fields that it is about. */
  encryptPart(owner: string, fields: Fields): Fields {
    const touches = this.#encrypted.some((field) => field in fields);
    return { ...this.encrypt(owner, fields), ...(touches ? this.#levelOf(this.#shape) : {}) };
  }

  /** A stored document as the model has it. @throws AppError `internal` where it cannot be opened */
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
    // Fields that the model has got since then have their defaults, as in any stored document.
    const parsed = this.#schemaOf(field).safeParse(JSON.parse(plain.toString('utf8')));
    if (parsed.success) return parsed.data;
    throw new AppError(
      'internal',
      `A stored document of ${this.#name} does not fit its schema: ${field}.`,
    );
  }

  /**
   * The level is about how a document is stored. Where no field is encrypted, its parts elsewhere are
   * (a conversation's transcript): without a secret that may be so where somebody else has encrypted them.
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
