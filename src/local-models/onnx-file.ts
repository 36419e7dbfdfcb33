import { type FileHandle, open } from 'node:fs/promises';
import { AppError } from '../kernel/errors.ts';

/** An input or output of a network. */
export interface OnnxTensor {
  name: string;
  /** `TensorProto.DataType`: 1 float, 6 int32, 7 int64, 10 float16. */
  elementType: number;
  /** Null for a dimension that is not fixed. */
  shape: readonly (number | null)[];
}

/** What an ONNX file says of itself, without its weights. */
export interface OnnxFile {
  path: string;
  sizeBytes: number;
  metadata: ReadonlyMap<string, string>;
  inputs: readonly OnnxTensor[];
  outputs: readonly OnnxTensor[];
  /** Names of files beside it that hold weights. */
  externalFiles: readonly string[];
}

/** Bytes that are read at once. */
const WINDOW_BYTES = 16 * 1024;
/** Fields that are looked at in one file; the largest models of the catalogue have some 50,000. */
const MAX_FIELDS = 4_000_000;
/** Longest text that is kept. Punctuation models keep their vocabulary in their metadata. */
const MAX_TEXT_BYTES = 16 * 1024 * 1024;
const MAX_METADATA = 1000;

/** Field numbers of onnx.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto). */
const MODEL = { irVersion: 1, graph: 7, opset: 8, metadata: 14 };
const GRAPH = { initializer: 5, input: 11, output: 12 };
const TENSOR = { name: 8, external: 13 };

/**
 * Reads the metadata and the names and shapes of inputs and outputs of an ONNX file. Reads the
 * structure only: weights are skipped, so that time and memory do not grow with their size. A file
 * that is cut short is found by the lengths that it promises.
 *
 * @throws AppError `invalid-model` with what is wrong, `not-found` if there is no such file
 */
export async function readOnnxFile(path: string): Promise<OnnxFile> {
  const file = await openFile(path);
  try {
    const { size } = await file.stat();
    return await new OnnxParser(new WireReader(file, size), path, size).parse();
  } finally {
    await file.close();
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (cause) {
    throw new AppError('not-found', `The file ${path} cannot be read.`, { cause });
  }
}

/** One field of a message: a number, or a stretch of bytes from the reader's position to `end`. */
interface Field {
  number: number;
  value: number;
  /** Null for a number. */
  end: number | null;
}

/** Reads the protobuf wire format (https://protobuf.dev/programming-guides/encoding/) of a file. */
class WireReader {
  readonly #file: FileHandle;
  readonly #size: number;
  readonly #buffer = Buffer.alloc(WINDOW_BYTES);
  #bufferStart = 0;
  #bufferEnd = 0;
  #fields = 0;
  position = 0;

  constructor(file: FileHandle, size: number) {
    this.#file = file;
    this.#size = size;
  }

  /** The next field of the message that ends at `end`, null at its end. */
  async field(end: number): Promise<Field | null> {
    if (this.position >= end) return null;
    this.#fields += 1;
    if (this.#fields > MAX_FIELDS) throw broken('It has more parts than any model.');
    const tag = await this.#varint(end);
    const number = Math.floor(tag / 8);
    switch (tag % 8) {
      case 0:
        return { number, value: await this.#varint(end), end: null };
      case 1:
        return this.#fixed(number, 8, end);
      case 5:
        return this.#fixed(number, 4, end);
      case 2: {
        const length = await this.#varint(end);
        if (this.position + length > end) {
          throw broken('It is cut short, as after a download that broke off.');
        }
        return { number, value: length, end: this.position + length };
      }
      default:
        throw broken('It is not an ONNX file.');
    }
  }

  async text(end: number): Promise<string> {
    const length = end - this.position;
    if (length > MAX_TEXT_BYTES) throw broken('It holds a text that is too long.');
    const bytes = Buffer.alloc(length);
    const { bytesRead } = await this.#file.read(bytes, 0, length, this.position);
    if (bytesRead !== length) throw broken('It became shorter while it was read.');
    this.position = end;
    return bytes.toString('utf8');
  }

  #fixed(number: number, bytes: number, end: number): Field {
    if (this.position + bytes > end) throw broken('It is cut short.');
    this.position += bytes;
    return { number, value: 0, end: null };
  }

  async #varint(end: number): Promise<number> {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 10; i += 1) {
      if (this.position >= end) throw broken('It is cut short or not an ONNX file.');
      const byte = await this.#byte();
      // More than 53 bits are negative numbers, which no length is.
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    throw broken('It is not an ONNX file.');
  }

  async #byte(): Promise<number> {
    if (this.position < this.#bufferStart || this.position >= this.#bufferEnd) {
      const length = Math.min(WINDOW_BYTES, this.#size - this.position);
      const { bytesRead } = await this.#file.read(this.#buffer, 0, length, this.position);
      if (bytesRead === 0) throw broken('It became shorter while it was read.');
      this.#bufferStart = this.position;
      this.#bufferEnd = this.position + bytesRead;
    }
    const byte = this.#buffer[this.position - this.#bufferStart] ?? 0;
    this.position += 1;
    return byte;
  }
}

class OnnxParser {
  readonly #reader: WireReader;
  readonly #path: string;
  readonly #size: number;
  readonly #metadata = new Map<string, string>();
  readonly #inputs: OnnxTensor[] = [];
  readonly #outputs: OnnxTensor[] = [];
  readonly #initializers = new Set<string>();
  readonly #externalFiles = new Set<string>();
  #hasGraph = false;

  constructor(reader: WireReader, path: string, size: number) {
    this.#reader = reader;
    this.#path = path;
    this.#size = size;
  }

  async parse(): Promise<OnnxFile> {
    let irVersion = 0;
    await this.#each(this.#size, async ({ number, value, end }) => {
      if (number === MODEL.irVersion && end === null) irVersion = value;
      else if (number === MODEL.graph && end !== null) await this.#graph(end);
      else if (number === MODEL.metadata && end !== null) await this.#metadataEntry(end);
    });
    if (!this.#hasGraph || irVersion < 1 || irVersion > 100)
      throw broken('It is not an ONNX file.');
    return {
      path: this.#path,
      sizeBytes: this.#size,
      metadata: this.#metadata,
      // Before version 4 of the format weights were listed as inputs too.
      inputs: this.#inputs.filter(({ name }) => !this.#initializers.has(name)),
      outputs: this.#outputs,
      externalFiles: [...this.#externalFiles],
    };
  }

  /** Visits the fields of a message and goes on behind it, whatever `visit` has read of them. */
  async #each(end: number, visit: (field: Field) => Promise<void>): Promise<void> {
    for (;;) {
      const field = await this.#reader.field(end);
      if (field === null) break;
      await visit(field);
      if (field.end !== null) this.#reader.position = field.end;
    }
    this.#reader.position = end;
  }

  async #graph(end: number): Promise<void> {
    this.#hasGraph = true;
    await this.#each(end, async (field) => {
      if (field.end === null) return;
      if (field.number === GRAPH.initializer) await this.#initializer(field.end);
      else if (field.number === GRAPH.input) this.#inputs.push(await this.#tensor(field.end));
      else if (field.number === GRAPH.output) this.#outputs.push(await this.#tensor(field.end));
    });
  }

  async #initializer(end: number): Promise<void> {
    await this.#each(end, async (field) => {
      if (field.end === null) return;
      if (field.number === TENSOR.name) this.#initializers.add(await this.#reader.text(field.end));
      else if (field.number === TENSOR.external) {
        const { key, value } = await this.#entry(field.end);
        if (key === 'location') this.#externalFiles.add(value);
      }
    });
  }

  async #metadataEntry(end: number): Promise<void> {
    const { key, value } = await this.#entry(end);
    if (this.#metadata.size >= MAX_METADATA) throw broken('It has too many metadata entries.');
    this.#metadata.set(key, value);
  }

  /** `StringStringEntryProto`: 1 key, 2 value. */
  async #entry(end: number): Promise<{ key: string; value: string }> {
    const entry = { key: '', value: '' };
    await this.#each(end, async (field) => {
      if (field.end === null) return;
      if (field.number === 1) entry.key = await this.#reader.text(field.end);
      else if (field.number === 2) entry.value = await this.#reader.text(field.end);
    });
    return entry;
  }

  /** `ValueInfoProto`: 1 name, 2 type { 1 tensor_type { 1 elem_type, 2 shape { 1 dim } } }. */
  async #tensor(end: number): Promise<OnnxTensor> {
    const tensor = { name: '', elementType: 0, shape: [] as (number | null)[] };
    const shape = async (field: Field) => {
      if (field.number === 1 && field.end !== null) tensor.shape.push(await this.#dim(field.end));
    };
    const tensorType = async (field: Field) => {
      if (field.number === 1 && field.end === null) tensor.elementType = field.value;
      else if (field.number === 2 && field.end !== null) await this.#each(field.end, shape);
    };
    await this.#each(end, async (field) => {
      if (field.end === null) return;
      if (field.number === 1) tensor.name = await this.#reader.text(field.end);
      else if (field.number === 2) {
        await this.#each(field.end, async (type) => {
          if (type.number === 1 && type.end !== null) await this.#each(type.end, tensorType);
        });
      }
    });
    return tensor;
  }

  /** `TensorShapeProto.Dimension`: 1 dim_value, 2 dim_param. */
  async #dim(end: number): Promise<number | null> {
    let size: number | null = null;
    await this.#each(end, async (field) => {
      if (field.number === 1 && field.end === null) size = field.value;
    });
    return size;
  }
}

/** The caller adds which file it is. */
function broken(message: string): AppError {
  return new AppError('invalid-model', message);
}
