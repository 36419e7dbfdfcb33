import type { Context } from '../../context.ts';
import { ImportService } from '../../conversations/import-service.ts';

/** The service that makes conversations of files, on the store of a context. */
export function importServiceOf({ store, clock, people }: Context): ImportService {
  return new ImportService({
    store,
    clock,
    ensurePerson: async (uid, name) => (await people.createPerson(uid, name)).id,
  });
}
