import { useEffect } from 'react';
import { usePageState } from '../api/console-version.ts';
import { useIsRecording } from '../capture/recording-state.ts';
import { useStrings } from '../i18n/strings.ts';
import { Button } from '../ui/button.tsx';
import { Skeleton } from '../ui/states.tsx';

/** Says that the server has a newer version of the page. A recording is never interrupted for it. */
export function NewVersion() {
  const { state } = useStrings();
  const isRecording = useIsRecording();
  const isOutdated = usePageState() === 'outdated';
  return (
    <div role="status">
      {isOutdated && (
        <p className="flex flex-wrap items-center justify-center gap-x-4 gap-y-1 border-b border-line bg-sunk px-4 py-1.5 text-sm">
          {isRecording ? state.newVersionLater : state.newVersion}
          {!isRecording && <Button onClick={() => location.reload()}>{state.reload}</Button>}
        </p>
      )}
    </div>
  );
}

/** In the place of a screen whose script is not there yet. */
export function PendingScreen() {
  const { state } = useStrings();
  const page = usePageState();
  const isRecording = useIsRecording();
  const mustReload = page === 'outdated' && !isRecording;
  useEffect(() => {
    // The script is gone with the old version: the new page opens at the same address.
    if (mustReload) location.reload();
  }, [mustReload]);
  return (
    <>
      {page === 'unreachable' && (
        <p role="status" className="px-6 pt-16 text-center text-soft">
          {state.waiting}
        </p>
      )}
      {page === 'outdated' && isRecording && (
        <p role="status" className="px-6 pt-16 text-center text-soft">
          {state.screenLater}
        </p>
      )}
      <Skeleton />
    </>
  );
}
