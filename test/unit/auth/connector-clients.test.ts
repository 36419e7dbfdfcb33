import { describe, expect, it } from 'vitest';
import { ConnectorClients, mayRedirect } from '../../../src/auth/connectors/connector-clients.ts';
import type { GuardedRequest } from '../../../src/kernel/guarded-http.ts';

const ID = 'https://app.example/oauth/client.json';
const CALLBACK = 'https://app.example/callback';
const document = { client_id: ID, client_name: 'An\u202e  app\n', redirect_uris: [CALLBACK] };

function clientsWith(body: unknown, status = 200): ConnectorClients & { asked: GuardedRequest[] } {
  const asked: GuardedRequest[] = [];
  const http = {
    request: async (request: GuardedRequest) => {
      asked.push(request);
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      return { status, headers: {}, body: Buffer.from(text) };
    },
  };
  return Object.assign(new ConnectorClients({ http }), { asked });
}

const find = async (clients: ConnectorClients, id = ID) =>
  await clients.find(id, AbortSignal.timeout(1_000));

describe('client id metadata documents', () => {
  it('tell name, host and addresses of a program', async () => {
    const clients = clientsWith(document);
    expect(await find(clients)).toEqual({
      id: ID,
      name: 'An app',
      redirectUris: [CALLBACK],
      host: 'app.example',
    });
    expect(clients.asked).toMatchObject([{ url: ID, maxBytes: 65_536, method: 'GET' }]);
  });

  it.each([
    ['of another program', { ...document, client_id: 'https://app.example/other.json' }, 200],
    ['without addresses', { ...document, redirect_uris: [] }, 200],
    ['with an unsafe address', { ...document, redirect_uris: ['javascript:alert(1)'] }, 200],
    ['that is no JSON', '<html>', 200],
    ['that is not there', document, 404],
    ['that is elsewhere', document, 302],
  ])('are refused: one %s', async (_title, body, status) => {
    await expect(find(clientsWith(body, status))).rejects.toMatchObject({ code: 'invalid_client' });
  });

  it('are not asked for at addresses that name no document', async () => {
    const clients = clientsWith(document);
    for (const id of [
      'https://app.example/',
      'https://a:b@app.example/c',
      `${ID}#x`,
      'ftp://x/y',
    ]) {
      await expect(find(clients, id)).rejects.toMatchObject({ code: 'invalid_client' });
    }
    expect(clients.asked).toEqual([]);
  });
});

describe('registered programs', () => {
  it('are known again by their id, with nothing stored', async () => {
    const clients = clientsWith(document);
    const made = clients.register('Editor', ['cursor://callback', 'http://localhost/cb']);
    expect(await find(clients, made.id)).toEqual(made);
    expect(mayRedirect(made, 'cursor://callback')).toBe(true);
    expect(mayRedirect(made, 'http://localhost:4000/cb')).toBe(true);
    expect(mayRedirect(made, 'http://127.0.0.1:4000/cb')).toBe(false);
    expect(mayRedirect(made, 'https://localhost/cb')).toBe(false);
    expect(mayRedirect(made, 'cursor://callback/more')).toBe(false);
  });

  it('cannot smuggle an unsafe address in by making up an id', async () => {
    const json = JSON.stringify({ n: 'x', r: ['javascript:alert(1)'] });
    const id = `omi_client_${Buffer.from(json).toString('base64url')}`;
    await expect(find(clientsWith(''), id)).rejects.toMatchObject({ code: 'invalid_client' });
    await expect(find(clientsWith(''), 'omi_client_%%%')).rejects.toMatchObject({
      code: 'invalid_client',
    });
  });
});
