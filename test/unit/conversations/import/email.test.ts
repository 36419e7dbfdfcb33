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
  it('is read with its headers, and without what it quotes', async () => {
    expect(await parseEmail(bytes(PLAIN.replaceAll('\n', '\r\n')))).toEqual({
      subject: 'Grüße vom Markt',
      sender: 'Ben Carter',
      sentAt: Date.parse('2027-03-01T08:30:00Z'),
      text: expect.stringContaining('> Never.'),
      written: 'Hello Anna,\n\nplease send me the list by Friday.',
    });
  });

  it('is the plain text among its parts, in its own charset, without attachments', async () => {
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
    const read = await parseEmail(bytes(mail));
    expect(read.text).toBe('Café at noon, a very long line that goes on.\n\nÜnten.');
    expect(read).toMatchObject({ sender: 'a@example.com', subject: null, sentAt: null });
  });

  it('of HTML alone is its text: no styles, pictures and addresses of links', async () => {
    const mail = `From: =?iso-8859-1?Q?Caf=E9_Ros=E9?= <cafe@example.com>
Subject: Table
MIME-Version: 1.0
Content-Type: text/html; charset=windows-1252
Content-Transfer-Encoding: quoted-printable

<html><head><style>p { color: red }</style><title>x</title></head><body>
<h1>Your table</h1><p>We keep a table for you =96 at <b>noon</b>.<br>
Please <a href=3D"https://example.com/confirm?id=3D1">confirm</a> by Friday.</p>
<img src=3D"https://example.com/pixel.png" alt=3D"pixel"><script>alert(1)</script>
<blockquote>Can we have a table?</blockquote></body></html>
`;
    expect(await parseEmail(bytes(mail))).toMatchObject({
      sender: 'Café Rosé',
      subject: 'Table',
      text: 'Your table\n\nWe keep a table for you – at noon.\nPlease confirm by Friday.\n\n> Can we have a table?',
      written: 'Your table\n\nWe keep a table for you – at noon.\nPlease confirm by Friday.',
    });
  });

  it('is its HTML if its plain text is empty', async () => {
    const mail = `From: a@b.c
Content-Type: multipart/alternative; boundary=x

--x
Content-Type: text/plain

 
--x
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: base64

${Buffer.from('<p>Grüße &amp; bis morgen</p>').toString('base64')}
--x--
`;
    expect((await parseEmail(bytes(mail))).text).toBe('Grüße & bis morgen');
  });

  it('may stand in a mailbox file', async () => {
    const mail = `From ben@example.com Mon Mar  1 09:30:00 2027\n${PLAIN}`;
    expect((await parseEmail(bytes(mail))).sender).toBe('Ben Carter');
  });

  it.each([
    ['text that is none', 'Hello there, this is no mail.', 'no header of an e-mail'],
    ['without text', 'From: a@b.c\nContent-Type: image/png\n\nsecret', 'has no text'],
    [
      'HTML without words',
      'From: a@b.c\nContent-Type: text/html\n\n<img src="secret">',
      'has no text',
    ],
    ['parts within parts without end', nested(300), 'nested too deep'],
  ])('is refused: %s', async (_, text, reason) => {
    await expect(parseEmail(bytes(text))).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringContaining(reason),
    });
    await expect(parseEmail(bytes(text))).rejects.not.toThrow('secret');
  });

  it('of any bytes at all is read or refused', async () => {
    for (const cut of [0, 1, 10, 40, 80, 120, 200]) {
      const part = bytes(PLAIN).subarray(cut);
      const outcome = await parseEmail(part).catch((error: unknown) => error);
      expect(outcome).toMatchObject(outcome instanceof Error ? { code: 'bad-request' } : {});
    }
  });
});

/** Parts within parts. */
function nested(depth: number): string {
  const parts = Array.from(
    { length: depth },
    (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\n\n--b${i}\n`,
  );
  return `From: a@b.c\n${parts.join('')}Content-Type: text/plain\n\nsecret\n`;
}
