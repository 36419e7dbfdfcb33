import { refusalIn } from '../../../src/client/refusal.ts';
import { ApiError, apiUrl } from './client.ts';

/** How far an upload is. */
export type UploadStep =
  | { step: 'sending'; share: number }
  | { step: 'reading' }
  | { step: 'hearing'; heard: number; total: number | null };

export interface UploadedConversation {
  id: string;
  status: 'added' | 'updated' | 'known';
}

/** Most characters of the server's events that are kept. */
const MAX_ANSWER = 4_000_000;

/**
 * Uploads a file that becomes conversations. `fetch` does not tell how much was sent, so this is the older
 * request.
 *
 * @throws ApiError with the server's sentence; AbortError if `signal` ends it
 */
export function uploadFile(
  file: File,
  onStep: (step: UploadStep) => void,
  signal: AbortSignal,
): Promise<UploadedConversation[]> {
  const url = new URL(apiUrl('/v1/imports'));
  url.searchParams.set('changed_at', new Date(file.lastModified).toISOString());
  const form = new FormData();
  form.append('file', file);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let read = 0;
    const take = () => {
      const end = request.responseText.lastIndexOf('\n\n');
      if (end < read || request.responseText.length > MAX_ANSWER) return;
      const events = request.responseText.slice(read, end).split('\n\n');
      read = end + 2;
      for (const event of events) {
        const data = dataOf(event);
        if (data?.conversations) resolve(data.conversations);
        else if (data?.detail) reject(new ApiError(422, 'import_failed', data.detail));
        else if (data?.heard_seconds !== undefined) {
          const total = data.total_seconds ?? null;
          onStep({ step: 'hearing', heard: data.heard_seconds, total });
        }
      }
    };
    const lost = () => reject(new ApiError(0, 'unreachable', 'The server cannot be reached.'));
    request.upload.addEventListener('progress', ({ loaded, total }) =>
      onStep({ step: 'sending', share: total > 0 ? loaded / total : 0 }),
    );
    request.upload.addEventListener('load', () => onStep({ step: 'reading' }));
    request.addEventListener('progress', () => {
      if (request.status === 200) take();
    });
    request.addEventListener('load', () => {
      if (request.status !== 200) reject(refusalIn(request.status, request.responseText));
      else {
        take();
        // Nothing happens here if the result came: a promise settles once.
        lost();
      }
    });
    request.addEventListener('error', lost);
    request.addEventListener('abort', () => reject(new DOMException('Stopped', 'AbortError')));
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.open('POST', url);
    request.setRequestHeader('accept', 'text/event-stream');
    request.send(form);
  });
}

interface EventData {
  conversations?: UploadedConversation[];
  detail?: string;
  heard_seconds?: number;
  total_seconds?: number | null;
}

function dataOf(event: string): EventData | null {
  const line = event.split('\n').find((one) => one.startsWith('data: '));
  return line ? (JSON.parse(line.slice('data: '.length)) as EventData) : null;
}
