import { type ClientCall, call } from '../client-call.ts';

/** Sockets: what is in the query, and that the server says it is ready, or a session is there. */
function socket(by: string, path: string, query: Record<string, string>): ClientCall {
  return call(`WS ${path}`, by, undefined, { socket: query });
}

const LIVE = '/v4/listen';
const APP = { language: 'en', sample_rate: '16000', include_speech_profile: 'true' };

export const SOCKET_CALLS: readonly ClientCall[] = [
  socket('As Ns', LIVE, {
    ...APP,
    codec: 'pcm16',
    stt_service: 'soniox',
    conversation_timeout: '120',
    speaker_auto_assign: 'enabled',
  }),
  socket('As Ns', LIVE, { ...APP, codec: 'opus_fs320' }),
  socket('Ms', LIVE, { ...APP, codec: 'linear16', channels: '1', source: 'desktop' }),
  socket('Is', LIVE, { ...APP, codec: 'pcm16', channels: '1', source: 'desktop', uid: 'x' }),
  socket('Ws', '/v4/web/listen', { language: 'en', sample_rate: '16000', codec: 'pcm16' }),
  socket('Ad Nd', LIVE, { ...APP, codec: 'pcm16', vad_gate: 'enabled' }),
  socket('Ad Nd', LIVE, {
    ...APP,
    language: 'multi',
    codec: 'pcm16',
    stt_service: '',
    conversation_timeout: '-1',
  }),
  socket('Ad Nd', LIVE, { ...APP, codec: 'pcm8', sample_rate: '8000' }),
  socket('Ad Nd', LIVE, { ...APP, codec: 'pcm16', custom_stt: 'enabled' }),
  socket('Ad Nd', LIVE, { ...APP, codec: 'pcm16', onboarding: 'enabled' }),
  socket('Ad Nd', LIVE, { ...APP, codec: 'pcm16', include_speech_profile: 'false' }),
  socket('Ad Nd', LIVE, { ...APP, codec: 'opus', source: 'openglass' }),
  socket('Id', LIVE, {
    ...APP,
    codec: 'pcm16',
    source: 'desktop',
    client_conversation_id: '7a1f5d0e-3f0c-4b35-9a5b-b6f4f5a0c001',
  }),
  socket('Wd', '/v4/web/listen', {
    language: 'en',
    sample_rate: '16000',
    codec: 'pcm16',
    client_conversation_id: '7a1f5d0e-3f0c-4b35-9a5b-b6f4f5a0c002',
  }),
  socket('Md', '/v2/voice-message/transcribe-stream', {
    language: 'en',
    sample_rate: '16000',
    codec: 'linear16',
    keywords: 'Omi',
  }),
  socket('Id', '/v2/voice-message/transcribe-stream', {
    language: 'en',
    sample_rate: '16000',
    codec: 'linear16',
  }),
  socket('Ar Nr', LIVE, { ...APP, codec: 'aac' }),
  socket('Ar Nr', LIVE, { ...APP, codec: 'lc3_fs1030' }),
  socket('Ar Nr', LIVE, {
    ...APP,
    codec: 'pcm16',
    channels: '2',
    call_id: 'call',
    source: 'phone_call',
  }),
];
