import { describe, expect, it } from 'vitest';
import { acceptHosts } from '../../../src/kernel/allowed-hosts.ts';

describe('a server that listens on loopback', () => {
  const accepts = acceptHosts('127.0.0.1', 'https://omi.example/api', ['Box.local']);

  it.each([
    undefined,
    'localhost',
    'localhost:8000',
    'LOCALHOST.:8000',
    'app.localhost',
    '127.0.0.1:8000',
    '127.1.2.3',
    '[::1]:8000',
    '192.168.1.20:8000',
    'omi.example',
    'omi.example:443',
    'box.local:8000',
  ])('is reached as %s', (host) => expect(accepts(host)).toBe(true));

  it.each([
    'evil.example',
    'evil.example:8000',
    'localhost.evil.example',
    'omi.example.evil.example',
    'notlocalhost',
    '127.0.0.1.evil.example',
    'a b',
    'evil.example/localhost',
    'user@localhost',
    'localhost\u0000.evil',
  ])('is not reached as %s', (host) => expect(accepts(host)).toBe(false));

  it('is reached under any name if the operator says so', () => {
    expect(acceptHosts('localhost', null, ['*'])('evil.example')).toBe(true);
    expect(acceptHosts('::1', null, [])('evil.example')).toBe(false);
  });
});

it('a server of the network is reached under any name', () => {
  expect(acceptHosts('0.0.0.0', null, [])('omi.example')).toBe(true);
});
