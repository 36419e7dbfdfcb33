import { describe, expect, it } from 'vitest';
import { sessionCookie, sessionTokenOf } from '../../../src/auth/session-cookie.ts';

const cookie = 'theme=dark; omi_session=omi_abc; other=1';

describe('sessionTokenOf', () => {
  it('reads the cookie of a request that this server’s page makes', () => {
    const headers = { cookie, 'sec-fetch-site': 'same-origin', host: 'omi.example' };
    expect(sessionTokenOf('POST', headers, null)).toBe('omi_abc');
  });

  it.each(['same-site', 'cross-site'])('ignores the cookie of a %s request', (site) => {
    expect(sessionTokenOf('GET', { cookie, 'sec-fetch-site': site }, null)).toBeUndefined();
  });

  it('takes a foreign origin for what it is, whatever the method', () => {
    const headers = { cookie, origin: 'https://evil.example', host: 'omi.example' };
    expect(sessionTokenOf('GET', headers, null)).toBeUndefined();
    expect(sessionTokenOf('POST', headers, null)).toBeUndefined();
    expect(sessionTokenOf('POST', { ...headers, origin: 'null' }, null)).toBeUndefined();
  });

  it('lets a request without any origin read, and not change, what there is', () => {
    expect(sessionTokenOf('GET', { cookie, host: 'omi.example' }, null)).toBe('omi_abc');
    expect(sessionTokenOf('DELETE', { cookie, host: 'omi.example' }, null)).toBeUndefined();
  });

  it('knows its own origin behind a proxy that changes the host', () => {
    const headers = { cookie, origin: 'https://omi.example', host: '10.0.0.7:8000' };
    expect(sessionTokenOf('POST', headers, 'https://omi.example/console')).toBe('omi_abc');
    expect(sessionTokenOf('POST', headers, null)).toBeUndefined();
  });
});

describe('sessionCookie', () => {
  it('keeps scripts and other sites from the session', () => {
    const text = sessionCookie({ token: 't', maxAgeS: 60 }, { path: '/', isSecure: true });
    expect(text).toBe('omi_session=t; Path=/; Max-Age=60; HttpOnly; SameSite=Strict; Secure');
  });

  it('ends a session by an empty cookie of no age', () => {
    const text = sessionCookie(null, { path: '/omi/', isSecure: false });
    expect(text).toBe('omi_session=; Path=/omi/; Max-Age=0; HttpOnly; SameSite=Strict');
  });
});
