export type { Memory } from '../../../src/client/records.ts';

import type { components, paths } from '../../../src/client/schema.ts';

type Schemas = components['schemas'];
/** What a read of a path returns. */
export type Answer<Path extends keyof paths> = paths[Path] extends {
  get: { responses: { 200: { content: { 'application/json': infer Body } } } };
}
  ? Body
  : never;

export type ApiKey = Schemas['ApiKey'];
export type App = Schemas['App'];
export type ActionItem = Schemas['ActionItem'];
export type Change = Schemas['Change'];
export type ChatFile = Schemas['ChatFile'];
export type ChatMessage = Schemas['Message'];
export type ChatSession = Schemas['ChatSession'];
export type Conversation = Schemas['Conversation'];
export type ConversationEvent = Schemas['ConversationEvent'];
export type Deletion = Schemas['Deletion'];
export type Device = Schemas['SignedInDevice'];
export type Folder = Schemas['Folder'];
export type PushSettings = Schemas['PushSettings'];
export type ProposedTask = Schemas['StagedTask'];
export type Playback = Schemas['Playback'];
export type Person = Schemas['Person'];
export type SearchMatch = Schemas['SearchMatch'];
export type Segment = Schemas['Segment'];
export type ServerBackup = Schemas['ServerBackup'];
export type ServerFinding = Schemas['ServerFinding'];
export type ServerUser = Schemas['ServerUser'];
export type UnderstoodQuery = Schemas['UnderstoodQuery'];
export type UnknownVoice = Schemas['UnknownVoice'];
export type VoiceMatch = Answer<'/v1/users/people/{person_id}/voice-matches'>['matches'][number];
export type Webhook = Schemas['Webhook'];
export type LocalModelList = Answer<'/v1/local-models'>;
