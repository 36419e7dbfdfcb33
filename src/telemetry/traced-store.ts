import type { Tracing } from '../kernel/tracing.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { withTransact } from '../store/with-transact.ts';

/**
 * Returns the store with a span for each transaction below a request, a job or a session, of many only for the
 * first; it holds how often the transaction ran, and nothing of the documents.
 */
export function traceStore(store: DocumentStore, engine: string, tracing: Tracing): DocumentStore {
  const facts = { 'db.system.name': engine };
  return withTransact(store, (fn) =>
    tracing.runDetail({ name: 'store transaction', kind: 'client', facts }, (span) => {
      let runs = 0;
      return store.transact((tx) => {
        runs += 1;
        if (runs > 1) span.addFacts({ 'omi.store.runs': runs });
        return fn(tx);
      });
    }),
  );
}
