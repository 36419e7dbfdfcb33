import type { DeviceFileUpload } from './device-files.ts';

/** What the server says about an upload. */
export interface SyncJob {
  job_id: string;
  status: string;
  total_segments: number;
  processed_segments: number;
  successful_segments: number;
  failed_segments: number;
  result?: { new_memories: string[]; updated_memories: string[]; errors: string[] };
  error?: string;
  files: { name: string; status: string; problem: string | null; conversation_ids: string[] }[];
}

interface Server {
  url: string;
  token: string;
}

export function formOf(files: readonly DeviceFileUpload[]): FormData {
  const form = new FormData();
  for (const { name, bytes } of files) {
    form.append('files', new Blob([Uint8Array.from(bytes)]), name);
  }
  return form;
}

/** Uploads files as Omi's app does. */
export async function postFiles(
  server: Server,
  files: readonly DeviceFileUpload[],
  path = '/v2/sync-local-files',
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.token}` },
    body: formOf(files),
  });
  const text = await response.text();
  return { status: response.status, body: JSON.parse(text) as Record<string, unknown> };
}

/** Asks for a job until all of its files are done. */
export async function jobOf(server: Server, id: unknown): Promise<SyncJob> {
  for (;;) {
    const response = await fetch(`${server.url}/v2/sync-local-files/${String(id)}`, {
      headers: { authorization: `Bearer ${server.token}` },
    });
    if (response.status !== 200) throw new Error(`poll: ${response.status}`);
    const job = (await response.json()) as SyncJob;
    if (job.result) return job;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Uploads files and waits for their words. */
export async function syncFiles(
  server: Server,
  files: readonly DeviceFileUpload[],
): Promise<SyncJob> {
  const { status, body } = await postFiles(server, files);
  if (status !== 202) throw new Error(`upload: ${status} ${JSON.stringify(body)}`);
  return jobOf(server, body.job_id);
}
