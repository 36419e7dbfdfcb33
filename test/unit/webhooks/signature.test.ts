import { Webhook } from 'standardwebhooks';
import { expect, it } from 'vitest';
import { newWebhookSecret, signatureHeaders } from '../../../src/webhooks/signature.ts';

const ID = 'msg_2b6f';
const BODY = Buffer.from('{"text":"Grüße 🌍"}');

it('signs so that the reference library accepts it, and no other body or secret', () => {
  const secret = newWebhookSecret();
  const headers = signatureHeaders(ID, BODY, [secret], Date.now());
  expect(new Webhook(secret).verify(BODY, headers)).toEqual({ text: 'Grüße 🌍' });
  expect(() => new Webhook(secret).verify('{"text":"Gruesse"}', headers)).toThrow();
  expect(() => new Webhook(newWebhookSecret()).verify(BODY, headers)).toThrow();
});

it('signs the vector of the Standard Webhooks libraries', () => {
  const headers = signatureHeaders(
    'msg_p5jXN8AQM9LWM0D4loKWxJek',
    Buffer.from('{"test": 2432232314}'),
    ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    1_614_265_330_000,
  );
  expect(headers).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

it('signs with both secrets during a rotation', () => {
  const [before, after] = [newWebhookSecret(), newWebhookSecret()];
  const headers = signatureHeaders(ID, BODY, [after, before], Date.now());
  expect(headers['webhook-signature']?.split(' ')).toHaveLength(2);
  for (const secret of [before, after]) new Webhook(secret).verify(BODY, headers);
});
