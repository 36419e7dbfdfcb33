import { isAppError } from '../kernel/errors.ts';
import { listServerModels } from './registry.ts';

/** Ports on which programs that serve models listen unless they are told otherwise. */
const KNOWN = [
  { name: 'Ollama', port: 11_434 },
  { name: 'LM Studio', port: 1_234 },
  { name: 'llama.cpp', port: 8_080 },
] as const;
/** On this machine an answer takes milliseconds; nobody waits for one at the start. */
const TIMEOUT_MS = 500;

/** A program on this machine that serves models. */
export interface LocalModelServer {
  name: string;
  /** For OPENAI_BASE_URL. */
  baseUrl: string;
  models: number;
}

/** Looks for model servers. Never throws. */
export type FindModelServers = () => Promise<LocalModelServer[]>;

/** Looks for model servers on this machine, on the ports where they listen unless told otherwise. */
export async function findLocalModelServers(
  ports: readonly { name: string; port: number }[] = KNOWN,
): Promise<LocalModelServer[]> {
  const found = await Promise.all(
    ports.map(({ name, port }) => lookAt(name, `http://127.0.0.1:${port}/v1`)),
  );
  return found.filter((server) => server !== null);
}

async function lookAt(name: string, baseUrl: string): Promise<LocalModelServer | null> {
  try {
    const models = await listServerModels({ apiKey: null, baseUrl }, TIMEOUT_MS);
    return { name, baseUrl, models: models.length };
  } catch (error) {
    // Nothing listens there, or it is another program.
    if (isAppError(error)) return null;
    throw error;
  }
}

/** One line that says how to use a server that was found. */
export function describeModelServer({ name, baseUrl, models }: LocalModelServer): string {
  const count = models === 1 ? '1 model' : `${models} models`;
  return `${name} runs on this machine (${count}): set OPENAI_BASE_URL=${baseUrl} to use it.`;
}
