import { describe, expect, it } from 'vitest';
import { tryKey } from '../../../src/llm/adapters/openai/try-key.ts';

const SERVER = { apiKey: 'a-key', baseUrl: 'https://models.example/v1/', model: 'large-one' };

/** A server that gives its list to anybody, or only with a key, and each key the same status. */
function serverOf(list: number, completions: number | 'never') {
  const asked: { url: string; authorization: string | null; body: unknown }[] = [];
  const inner = async (url: string, init: RequestInit = {}): Promise<Response> => {
    const authorization = new Headers(init.headers).get('authorization');
    asked.push({ url, authorization, body: init.body && JSON.parse(String(init.body)) });
    if (url.endsWith('/models')) return new Response('{}', { status: list });
    if (completions === 'never') throw new DOMException('late', 'TimeoutError');
    return new Response('{}', { status: completions });
  };
  return { asked, inner };
}

describe('a key for a server whose list of models is open', () => {
  it.each([
    [401, 'provider-unauthorized', 'https://models.example does not accept the key (HTTP 401).'],
    [402, 'provider-quota', 'https://models.example has no credit left for this key (HTTP 402).'],
    [403, 'provider-unauthorized', 'https://models.example denies this key the model (HTTP 403).'],
  ])('is refused with what %i means', async (status, code, message) => {
    const { asked, inner } = serverOf(200, status);
    await expect(tryKey(SERVER, 1_000, inner)).rejects.toMatchObject({ code, message });
    expect(asked).toMatchObject([
      { url: 'https://models.example/v1/models', authorization: null },
      {
        url: 'https://models.example/v1/chat/completions',
        authorization: 'Bearer a-key',
        body: { model: 'large-one', max_tokens: 1 },
      },
    ]);
  });

  it.each([200, 400, 429, 500, 'never'] as const)('is not refused by %s', async (status) => {
    const { asked, inner } = serverOf(200, status);
    await expect(tryKey(SERVER, 1_000, inner)).resolves.toBeUndefined();
    expect(asked).toHaveLength(2);
  });

  it('costs no answer if the list needs the key, and nothing at all without a key', async () => {
    const closed = serverOf(401, 200);
    await tryKey(SERVER, 1_000, closed.inner);
    expect(closed.asked).toHaveLength(1);
    const keyless = serverOf(200, 401);
    await tryKey({ ...SERVER, apiKey: null }, 1_000, keyless.inner);
    expect(keyless.asked).toEqual([]);
  });
});
