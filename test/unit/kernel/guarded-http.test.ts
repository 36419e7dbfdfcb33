import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GuardedHttp, type GuardedRequest } from '../../../src/kernel/guarded-http.ts';
import { isPublicAddress } from '../../../src/kernel/public-address.ts';

const never = new AbortController().signal;
const get = (url: string, parts: Partial<GuardedRequest> = {}): GuardedRequest => ({
  url,
  method: 'GET',
  headers: {},
  body: null,
  ...parts,
});

describe('isPublicAddress', () => {
  it.each(['8.8.8.8', '1.1.1.1', '172.15.0.1', '172.32.0.1', '2606:4700::1111'])('takes %s', (ip) =>
    expect(isPublicAddress(ip)).toBe(true),
  );
  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:8.8.8.8',
    '::ffff:10.0.0.1',
    '64:ff9b::a00:1',
    '2001::1',
    '2001:db8::1',
    '2002:a00:1::',
    'fc00::1',
    'fd12::1',
    'fe80::1',
    'ff02::1',
    'example.com',
    '',
  ])('refuses %s', (ip) => expect(isPublicAddress(ip)).toBe(false));
});

describe('GuardedHttp', () => {
  let server: Server;
  let url: string;
  const seen: { method: string; path: string; headers: object; body: string }[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (part) => {
        body += part;
      });
      request.on('end', () => {
        const { method = '', url: path = '', headers } = request;
        seen.push({ method, path, headers, body });
        const to = new URLSearchParams(path.split('?')[1]).get('to');
        if (path.startsWith('/redirect')) {
          response.writeHead(302, { location: to ?? '' }).end();
        } else if (path === '/long') response.end('x'.repeat(5000));
        else if (path === '/silent') response.write('never complete');
        else response.writeHead(201, { 'x-own': 'yes' }).end(`got ${body}`);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const open = new GuardedHttp({ allowLoopback: true, isPrivate: false });
  const strict = new GuardedHttp({ allowLoopback: false, isPrivate: false });

  it('asks this machine where that is allowed', async () => {
    const headers = { 'content-type': 'text/plain' };
    const answer = await open.request(
      get(`${url}/x?y=1`, { method: 'POST', headers, body: 'grüße' }),
      never,
    );
    expect(answer).toMatchObject({ status: 201, headers: { 'x-own': 'yes' } });
    expect(answer.body.toString()).toBe('got grüße');
    expect(seen.at(-1)).toMatchObject({ method: 'POST', path: '/x?y=1', body: 'grüße', headers });
  });

  it.each([
    'http://example.com/',
    'https://127.0.0.1/',
    'https://localhost/',
    'https://[::1]/',
    'https://10.0.0.1/',
    'https://169.254.169.254/latest/meta-data',
    'https://[::ffff:10.0.0.1]/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://user:secret@example.com/',
    'ftp://example.com/',
    'file:///etc/passwd',
  ])('refuses %s before it connects', async (address) => {
    await expect(strict.request(get(address), never)).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('refuses plain http to other machines, and what is no URL', async () => {
    const elsewhere = open.request(get('http://8.8.8.8/'), never);
    await expect(elsewhere).rejects.toMatchObject({ code: 'forbidden' });
    await expect(open.request(get('nonsense'), never)).rejects.toMatchObject({
      code: 'bad-request',
    });
  });

  it('refuses a name any of whose addresses is inside, and asks for it once', async () => {
    const asked: string[] = [];
    const addresses = [['93.184.216.34', '192.168.0.7'], ['127.0.0.1'], []];
    const guarded = new GuardedHttp({
      allowLoopback: true,
      isPrivate: false,
      resolve: async (host) => {
        asked.push(host);
        return addresses[asked.length - 1] ?? [];
      },
    });
    for (const name of ['mixed', 'inside', 'nobody']) {
      await expect(
        guarded.request(get(`https://${name}.example.com/`), never),
      ).rejects.toMatchObject({ code: 'forbidden' });
    }
    expect(asked).toHaveLength(3);
  });

  it('connects to the address that it has checked, whatever the name means by then', async () => {
    // To the resolver the name is this machine; to nobody else is it anything.
    const guarded = new GuardedHttp({
      allowLoopback: true,
      isPrivate: false,
      resolve: async () => ['127.0.0.1'],
    });
    const { port } = server.address() as AddressInfo;
    const answer = await guarded.request(get(`http://app.localhost:${port}/pinned`), never);
    expect(answer.status).toBe(201);
    expect(seen.at(-1)?.headers).toMatchObject({ host: `app.localhost:${port}` });
  });

  it('checks where a redirect leads, and tells another server nothing', async () => {
    const to = (target: string) => `${url}/redirect?to=${encodeURIComponent(target)}`;
    const inside = open.request(get(to('https://10.0.0.1/'), { maxRedirects: 3 }), never);
    await expect(inside).rejects.toMatchObject({ code: 'forbidden' });
    expect((await open.request(get(to('/x')), never)).status).toBe(302);
    const headers = { authorization: 'Bearer secret' };
    const own = { method: 'POST', body: 'once', headers, maxRedirects: 1 } as const;
    expect((await open.request(get(to('/end'), own), never)).status).toBe(201);
    expect(seen.at(-1)).toMatchObject({ method: 'GET', body: '', headers });
    const other = url.replace('127.0.0.1', 'localhost');
    const resolving = new GuardedHttp({
      allowLoopback: true,
      isPrivate: false,
      resolve: async () => ['127.0.0.1'],
    });
    await resolving.request(get(to(`${other}/end`), { headers, maxRedirects: 1 }), never);
    expect(seen.at(-1)?.path).toBe('/end');
    expect(seen.at(-1)?.headers).not.toHaveProperty('authorization');
  });

  it('bounds size and time, and stops when it is told', async () => {
    const long = open.request(get(`${url}/long`, { maxBytes: 4999 }), never);
    await expect(long).rejects.toMatchObject({ code: 'payload-too-large' });
    const silent = open.request(get(`${url}/silent`, { timeoutMs: 100 }), never);
    await expect(silent).rejects.toMatchObject({ code: 'timeout' });
    const leave = new AbortController();
    const left = open.request(get(`${url}/silent`), leave.signal);
    leave.abort(new Error('left'));
    await expect(left).rejects.toThrow('left');
    server.closeAllConnections();
  });

  it('reaches this machine only where PRIVATE is set', async () => {
    const guarded = new GuardedHttp({ allowLoopback: true, isPrivate: true });
    expect((await guarded.request(get(`${url}/x`), never)).status).toBe(201);
    await expect(guarded.check('https://8.8.8.8/')).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('says that a server is not there without its address', async () => {
    const gone = createServer();
    await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
    const { port } = gone.address() as AddressInfo;
    await new Promise((resolve) => gone.close(resolve));
    const answer = open.request(get(`http://127.0.0.1:${port}/`), never);
    await expect(answer).rejects.toMatchObject({
      code: 'provider-unavailable',
      message: 'The server cannot be reached.',
    });
  });
});
