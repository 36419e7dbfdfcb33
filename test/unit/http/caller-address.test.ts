import { expect, it } from 'vitest';
import { callerOf } from '../../../src/http/caller-address.ts';

it.each([
  ['8.8.8.8', undefined, '8.8.8.8'],
  ['::ffff:8.8.8.8', undefined, '8.8.8.8'],
  // Nobody on the internet can say who he is.
  ['8.8.8.8', '1.1.1.1', '8.8.8.8'],
  ['127.0.0.1', undefined, '127.0.0.1'],
  ['127.0.0.1', '1.1.1.1', '1.1.1.1'],
  // What the client claims stands before what the proxy added.
  ['10.0.0.2', '9.9.9.9, 1.1.1.1', '1.1.1.1'],
  ['::1', '2a01:4f8:1:2:3:4:5:6', '2a01:4f8:1:2::/64'],
  ['2a01:4f8:1:2:aaaa::1', undefined, '2a01:4f8:1:2::/64'],
  ['2a01:4f8::1', undefined, '2a01:4f8:0:0::/64'],
])('%s forwarding for %s is %s', (remoteAddress, forwarded, caller) => {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  const socket = { remoteAddress } as never;
  expect(callerOf({ socket, headers })).toBe(caller);
});
