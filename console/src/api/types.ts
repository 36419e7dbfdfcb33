import type { components, paths } from '../../../src/client/schema.ts';

type Schemas = components['schemas'];
type Answer<Path extends keyof paths> = paths[Path] extends {
  get: { responses: { 200: { content: { 'application/json': infer Body } } } };
}
  ? Body
  : never;

export type ApiKey = Schemas['ApiKey'];
export type App = Schemas['App'];
export type ActionItem = Schemas['ActionItem'];
export type Change = Schemas['Change'];
export type ChatMessage = Schemas['Message'];
export type Connection = Schemas['Connection'];
export type Conversation = Schemas['Conversation'];
export type ConversationEvent = Schemas['ConversationEvent'];
export type Deletion = Schemas['Deletion'];
export type Device = Schemas['SignedInDevice'];
export type Folder = Schemas['Folder'];
export type Memory = Schemas['Memory'];
export type MemoryVersion = Schemas['MemoryHistory'];
export type PushSettings = Schemas['PushSettings'];
export type Playback = Schemas['Playback'];
export type Person = Schemas['Person'];
export type SearchMatch = Schemas['SearchMatch'];
export type Segment = Schemas['Segment'];
export type SttUsage = Schemas['SttUsage'];
export type UnderstoodQuery = Schemas['UnderstoodQuery'];
export type UnknownVoice = Schemas['UnknownVoice'];
export type VoiceProfileSettings = Schemas['VoiceProfileSettings'];
export type Webhook = Schemas['Webhook'];
export type WebhookDelivery = Schemas['WebhookDelivery'];
export type TranscriptVersions = Answer<'/v1/conversations/{id}/transcript-versions'>;
export type LocalModelList = Answer<'/v1/local-models'>;
export type TranscriptionPreferences = Answer<'/v1/users/transcription-preferences'>;
