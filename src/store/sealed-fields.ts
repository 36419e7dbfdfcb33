import { z } from 'zod';
import { AppError } from '../kernel/errors.ts';
import type { UserCipher } from '../kernel/user-cipher.ts';
import type { AnyCollection } from '../model/collection.ts';

/** Begins what is encrypted: base64 of nonce, ciphertext and tag of the value's JSON. */
const SEALED = 'enc1:';
/** Begins plain text that would otherwise be taken for one of these two. */
const PLAIN = 'plain1:';

type Fields = Record<string, unknown>;

/** Whether a stored text is a sealed value, and not Omi's bare base64 or plain text. */
function isSealedValue(text: string): boolean {
  return text.startsWith(SEALED);
}

/** Turns the declared fields of one collection's documents into their stored form and back. */
export class SealedFields {
  /** The collection as the engine has it: a sealed field may be text, whatever it is in the model. */
  readonly stored: AnyCollection;
  readonly #name: string;
  readonly #sealed: readonly string[];
  readonly #shape: Readonly<Record<string, z.ZodType>>;
  readonly #cipher: UserCipher | null;
  readonly #isOursAlone: boolean;

  /** @param isOursAlone false where another program may have sealed what this one finds */
  constructor(collection: AnyCollection, cipher: UserCipher | null, isOursAlone: boolean) {
    const { schema, sealed = [] } = collection;
    if (!(schema instanceof z.ZodObject)) {
      throw new AppError('internal', `The schema of ${collection.name} has no fields.`);
    }
    this.#name = collection.name;
    this.#shape = schema.shape as Record<string, z.ZodType>;
    this.#sealed = sealed;
    this.#cipher = cipher;
    this.#isOursAlone = isOursAlone;
    const texts = sealed.flatMap((field) => {
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
  seal(owner: string, fields: Fields): Fields {
    const stored: Fields = { ...fields };
    for (const field of this.#sealed) {
      if (field in stored) stored[field] = this.#sealValue(owner, stored[field]);
    }
    return stored;
  }

  /** A whole document as it is stored, with the level that it is now protected by. */
  sealDocument(owner: string, document: Fields): Fields {
    return { ...this.seal(owner, document), ...this.#levelOf(document) };
  }

  /** Some fields as they are stored; the level goes with the fields that it is about. */
  sealPart(owner: string, fields: Fields): Fields {
    const touches = this.#sealed.some((field) => field in fields);
    return { ...this.seal(owner, fields), ...(touches ? this.#levelOf(this.#shape) : {}) };
  }

  /** A stored document as the model has it. @throws AppError `internal` where it cannot be opened */
  open(owner: string, stored: Fields): Fields {
    if (this.#sealed.length === 0) return stored;
    const document: Fields = { ...stored };
    for (const field of this.#sealed) {
      const value = document[field];
      if (typeof value !== 'string') continue;
      if (isSealedValue(value)) document[field] = this.#openValue(owner, field, value);
      else if (value.startsWith(PLAIN)) document[field] = value.slice(PLAIN.length);
    }
    return document;
  }

  #sealValue(owner: string, value: unknown): unknown {
    if (value === null || value === undefined) return value;
    if (this.#cipher) {
      const plain = Buffer.from(JSON.stringify(value));
      return SEALED + this.#cipher.seal(owner, plain).toString('base64');
    }
    if (typeof value !== 'string') return value;
    return value.startsWith(SEALED) || value.startsWith(PLAIN) ? PLAIN + value : value;
  }

  #openValue(owner: string, field: string, value: string): unknown {
    if (!this.#cipher) {
      throw new AppError(
        'internal',
        `A document of ${this.#name} is encrypted, and no ENCRYPTION_SECRET is set.`,
      );
    }
    const plain = this.#cipher.open(owner, Buffer.from(value.slice(SEALED.length), 'base64'));
    // Fields that the model has got since then have their defaults, as in any stored document.
    const parsed = this.#schemaOf(field).safeParse(JSON.parse(plain.toString('utf8')));
    if (parsed.success) return parsed.data;
    throw new AppError(
      'internal',
      `A stored document of ${this.#name} does not fit its schema: ${field}.`,
    );
  }

  /**
   * The level is about how a document is stored. Where no field is sealed, its parts elsewhere are
   * (a conversation's transcript): without a secret that may be so where somebody else has sealed them.
   */
  #levelOf(fields: Fields): Fields {
    if (!('dataProtectionLevel' in this.#shape) || !('dataProtectionLevel' in fields)) return {};
    if (this.#cipher) return { dataProtectionLevel: 'enhanced' };
    const isPlain = this.#sealed.length > 0 || this.#isOursAlone;
    return isPlain ? { dataProtectionLevel: 'standard' } : {};
  }

  #schemaOf(field: string): z.ZodType {
    const schema = this.#shape[field];
    if (!schema) throw new AppError('internal', `${this.#name} has no field ${field}.`);
    return schema;
  }
}
