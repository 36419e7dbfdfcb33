import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, dataOf } from './client.ts';
import { serverQuery } from './server.ts';
import type { Answer } from './types.ts';

/** What the owner of the server has set, without keys. */
export type ServerSettings = Answer<'/v1/server/settings'>;
export type SpeechService = ServerSettings['speech_services']['services'][number];
export type SpeechKey = ServerSettings['speech_keys'][number];
export type KeyCheck = NonNullable<SpeechKey['check']>;
export type LanguageModel = ServerSettings['language_model'];

export const serverSettingsQuery = queryOptions({
  queryKey: ['server-settings'],
  queryFn: ({ signal }) => dataOf(api.GET('/v1/server/settings', { signal })),
});

/** Model servers that answer on the machine of the server. */
export const modelServersQuery = queryOptions({
  queryKey: ['model-servers'],
  queryFn: ({ signal }) => dataOf(api.GET('/v1/server/model-servers', { signal })),
});

/** A change of the settings: all of them come back, and are shown everywhere. */
export function useSettingsChange<T>(change: (wanted: T) => Promise<ServerSettings>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: async (settings) => {
      queries.setQueryData(serverSettingsQuery.queryKey, settings);
      await queries.invalidateQueries({ queryKey: serverQuery.queryKey });
    },
  });
}
