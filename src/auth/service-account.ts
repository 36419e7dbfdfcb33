import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { AppError } from '../kernel/errors.ts';
import { parseJson } from '../kernel/json.ts';

const serviceAccountSchema = z.object({
  client_email: z.string().min(3),
  private_key: z.string().includes('PRIVATE KEY'),
  private_key_id: z.string().nullish(),
  project_id: z.string().nullish(),
});

/** Google's credentials of a server, as far as signing with them goes. */
export interface ServiceAccount {
  clientEmail: string;
  /** PKCS#8 in PEM. */
  privateKey: string;
  keyId: string | null;
  /** The project that it belongs to; null if the file does not say. */
  projectId: string | null;
}

/**
 * Reads a service account from its JSON, or from the file that holds it. Null if neither is given.
 * @throws AppError `invalid-configuration`, without repeating any of it
 */
export async function loadServiceAccount(source: {
  json: string | null;
  path: string | null;
}): Promise<ServiceAccount | null> {
  const variable = source.json === null ? 'GOOGLE_APPLICATION_CREDENTIALS' : 'SERVICE_ACCOUNT_JSON';
  const text = source.json ?? (source.path === null ? null : await readText(source.path));
  if (text === null) return null;
  const parsed = serviceAccountSchema.safeParse(parseJson(text));
  if (!parsed.success) {
    throw new AppError(
      'invalid-configuration',
      `${variable} does not hold the JSON of a service account (client_email, private_key).`,
    );
  }
  const { client_email, private_key, private_key_id, project_id } = parsed.data;
  return {
    clientEmail: client_email,
    privateKey: private_key,
    keyId: private_key_id ?? null,
    projectId: project_id ?? null,
  };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new AppError(
      'invalid-configuration',
      'The file that GOOGLE_APPLICATION_CREDENTIALS names cannot be read.',
      { cause },
    );
  }
}
