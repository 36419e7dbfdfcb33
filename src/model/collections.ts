import { accessTokens } from './access-token.ts';
import { actionItems } from './action-item.ts';
import { apps, enabledApps } from './app.ts';
import { appReviews } from './app-review.ts';
import { chatFiles } from './chat-file.ts';
import { chatSessions, chatShares, chatSummaries } from './chat-session.ts';
import type { CollectionDefinition } from './collection.ts';
import { conversations, liveSegments, transcriptChunks } from './conversation.ts';
import { conversationPhotos } from './conversation-photo.ts';
import { dailySummaries } from './daily-summary.ts';
import { encryptionChecks } from './encryption-check.ts';
import { folders } from './folder.ts';
import { goalProgress, goals } from './goal.ts';
import { importPrints } from './import-print.ts';
import { instances } from './instance.ts';
import { jobs } from './jobs.ts';
import { legacyIssuers } from './legacy-issuer.ts';
import { listenSessions } from './listen-session.ts';
import { llmUsages } from './llm-usage.ts';
import { memories } from './memory.ts';
import { messages } from './message.ts';
import { people } from './person.ts';
import { recordings } from './recording.ts';
import { searchChanges } from './search-change.ts';
import { sharedConversations } from './shared-conversation.ts';
import { signInAttempts, signInCodes } from './sign-in.ts';
import { signInCutoffs } from './sign-in-cutoff.ts';
import { signInLinks } from './sign-in-link.ts';
import { speakerCorrections } from './speaker-correction.ts';
import { speechProfiles } from './speech-profile.ts';
import { storeLocks } from './store-lock.ts';
import { sttUsages } from './stt-usage.ts';
import { taskShares } from './task-share.ts';
import { transcriptVersionChunks, transcriptVersions } from './transcript-version.ts';
import { users } from './user.ts';
import { voiceUsages } from './voice-usage.ts';

/** Every collection of the product; a store is opened with these. */
export const COLLECTIONS = [
  users,
  accessTokens,
  signInAttempts,
  signInCodes,
  signInCutoffs,
  legacyIssuers,
  signInLinks,
  jobs,
  encryptionChecks,
  storeLocks,
  instances,
  appReviews,
  sharedConversations,
  taskShares,
  conversations,
  liveSegments,
  transcriptChunks,
  conversationPhotos,
  importPrints,
  listenSessions,
  recordings,
  transcriptVersions,
  transcriptVersionChunks,
  memories,
  actionItems,
  people,
  enabledApps,
  speechProfiles,
  speakerCorrections,
  sttUsages,
  llmUsages,
  searchChanges,
  folders,
  dailySummaries,
  goals,
  goalProgress,
  messages,
  chatSessions,
  chatSummaries,
  chatShares,
  chatFiles,
  voiceUsages,
  apps,
] as unknown as readonly CollectionDefinition[];
