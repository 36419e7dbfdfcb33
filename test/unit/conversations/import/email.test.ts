import { describe, expect, it } from 'vitest';
import { parseEmail } from '../../../../src/conversations/import/email.ts';

const bytes = (text: string, encoding: 'utf8' | 'latin1' = 'utf8') => Buffer.from(text, encoding);

const PLAIN = `From: "Ben Carter" <ben@example.com>
To: anna@example.com
Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?= =?utf-8?B?IHZvbSBNYXJrdA==?=
Date: Mon, 1 Mar 2027 09:30:00 +0100 (CET)
Received: from a
\tby b

Hello Anna,

please send me the list by Friday.

On Sun, Feb 28, 2027 at 5:00 PM Anna Smith <anna@example.com> wrote:
> I will send you nothing.
> Never.
`;

describe('an e-mail', () => {
  it('is read with its headers, and without what it quotes', () => {
    expect(parseEmail(bytes(PLAIN.replaceAll('\n', '\r\n')))).toEqual({
      subject: 'Grüße vom Markt',
      sender: 'Ben Carter',
      sentAt: Date.parse('2027-03-01T08:30:00Z'),
      text: expect.stringContaining('> Never.'),
      written: 'Hello Anna,\n\nplease send me the list by Friday.',
    });
  });

  it('is the plain text among its parts, in its own charset, without attachments', () => {
    const mail = `From: a@example.com
Content-Type: multipart/mixed; boundary="outer"

preamble
--outer
Content-Type: multipart/alternative; boundary=inner

--inner
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

Caf=E9 at noon, a very long line that goes=
 on.
--inner
Content-Type: text/html

<b>nothing</b>
--inner--
--outer
Content-Type: text/plain
Content-Disposition: attachment; filename="notes.txt"

Not this.
--outer
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: base64

${Buffer.from('Ünten.').toString('base64')}
--outer--
`;
    const read = parseEmail(bytes(mail));
    expect(read.text).toBe('Café at noon, a very long line that goes on.\n\nÜnten.');
    expect(read).toMatchObject({ sender: 'a@example.com', subject: null, sentAt: null });
  });

  it.each([
    ['text that is none', 'Hello there, this is no mail.', 'no header of an e-mail'],
    ['HTML alone', 'From: a@b.c\nContent-Type: text/html\n\n<p>secret words</p>', 'plain text'],
    ['parts without a boundary', 'From: a@b.c\nContent-Type: multipart/mixed\n\nx', 'plain text'],
  ])('is refused: %s', (_, text, reason) => {
    expect(() => parseEmail(bytes(text))).toThrow(reason);
    expect(() => parseEmail(bytes(text))).not.toThrow('secret');
  });

  it('of any bytes at all is read or refused', () => {
    for (const cut of [0, 1, 10, 40, 80, 120, 200]) {
      const part = bytes(PLAIN).subarray(cut);
      try {
        parseEmail(part);
      } catch (error) {
        expect(error).toMatchObject({ code: 'bad-request' });
      }
    }
  });
});
