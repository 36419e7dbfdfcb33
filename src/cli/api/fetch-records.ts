import { dataOf } from '../../client/index.ts';
import type { Conversation, Memory, Person } from '../../client/records.ts';
import type { Api } from './server-client.ts';

/** Returns a conversation with its transcript. @throws AppError `not-found` */
export async function fetchConversation(api: Api, id: string): Promise<Conversation> {
  return await dataOf(api.GET('/v1/conversations/{id}', { params: { path: { id } } }));
}

/** Returns the newest facts about the user. */
export async function fetchMemories(api: Api, limit: number): Promise<Memory[]> {
  return await dataOf(api.GET('/v3/memories', { params: { query: { limit } } }));
}

/** Returns the people that the user knows, without samples of their voices. */
export async function fetchPeople(api: Api): Promise<Person[]> {
  const params = { query: { include_speech_samples: false } };
  return await dataOf(api.GET('/v1/users/people', { params }));
}

/** Returns the names of the people that the user knows, by id. */
export async function fetchNames(api: Api): Promise<ReadonlyMap<string, string>> {
  const people = await fetchPeople(api);
  return new Map(people.map(({ id, name }) => [id, name]));
}
