// Says two sentences to the server over the live socket, ends the conversation and asks about it.
//   OMI_URL=http://127.0.0.1:8000 OMI_TOKEN=... node samples/client/node.mjs
import { createOmiClient } from 'omi-backend/client';
// Node has a WebSocket of its own from version 22 on.
import { WebSocket } from 'ws';

const client = createOmiClient({
  baseUrl: process.env.OMI_URL ?? 'http://127.0.0.1:8000',
  token: process.env.OMI_TOKEN ?? '',
  WebSocket,
});

const live = await client.listen({ custom_stt: 'enabled', language: 'en' });
live.sendMessage({
  type: 'suggested_transcript',
  segments: [
    { text: 'The red tiles fit the kitchen best.', speaker: 'SPEAKER_00', start: 0, end: 3 },
    { text: 'I will order them on Monday.', speaker: 'SPEAKER_01', start: 3, end: 5 },
  ],
});
const heard = new Map();
for await (const event of live) {
  if (event.type !== 'segments') continue;
  for (const { id, speaker, text } of event.segments) heard.set(id, `${speaker}: ${text}`);
  if (heard.size === 2) break;
}
live.close();
console.log([...heard.values()].join('\n'));

const { data, error } = await client.api.POST('/v1/conversations');
if (error) throw new Error(`${error.code}: ${JSON.stringify(error.detail)}`);
console.log(`Title: ${data.conversation.structured.title}`);

for await (const piece of client.ask('Which tiles fit the kitchen?')) {
  if (piece.type === 'text') process.stdout.write(piece.text);
  if (piece.type === 'done') console.log(`\nFrom: ${piece.message.memories_id.join(', ')}`);
}
