import type { ReactNode } from 'react';
import { ApiError } from '../api/client.ts';
import { useStrings } from '../i18n/strings.ts';
import { Button } from './button.tsx';

/** One sentence and the next action, in place of a list that holds nothing. */
export function Empty({ children, action }: { children: ReactNode; action?: ReactNode }) {
  return (
    <div className="flex flex-col items-center gap-4 px-6 py-16 text-center text-soft">
      <p className="max-w-prose">{children}</p>
      {action}
    </div>
  );
}

/** What failed, in the server's words, and a way to try again. */
export function Failed({ error, retry }: { error: unknown; retry?: () => void }) {
  const { state } = useStrings();
  const cause = error instanceof ApiError ? error.message : '';
  return (
    <div role="alert" className="flex flex-col items-center gap-4 px-6 py-16 text-center">
      <p className="max-w-prose">
        {state.failed} <span className="text-soft">{cause}</span>
      </p>
      {retry && <Button onClick={retry}>{state.retry}</Button>}
    </div>
  );
}

/** Grey lines in the shape of what is coming. */
export function Skeleton({ rows = 6, className = 'h-14' }: { rows?: number; className?: string }) {
  const { state } = useStrings();
  return (
    <div role="status" aria-label={state.loading} className="flex flex-col gap-3 p-4">
      {Array.from({ length: rows }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike
        <div key={index} className={`skeleton w-full ${className}`} />
      ))}
    </div>
  );
}
