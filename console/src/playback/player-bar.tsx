import { Pause, Play, RotateCcw, RotateCw } from 'lucide-react';
import { useEffect, useSyncExternalStore } from 'react';
import { useStrings } from '../i18n/strings.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { clockTime } from '../ui/time.ts';
import { type Player, RATES } from './player.ts';

const STEP_S = 10;

/** The controls of a player. Space plays and pauses, the arrow keys go back and forth. */
export function PlayerBar({ player, retry }: { player: Player; retry: () => void }) {
  const words = useStrings().player;
  const state = useSyncExternalStore(player.subscribe, player.getState);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
      if (event.target instanceof Element && event.target.closest('input,textarea,select,button,a'))
        return;
      if (event.key === ' ') player.toggle();
      else if (event.key === 'ArrowLeft') player.seek(player.getState().time - STEP_S);
      else if (event.key === 'ArrowRight') player.seek(player.getState().time + STEP_S);
      else return;
      event.preventDefault();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [player]);
  const length = player.end - player.start;
  const position = state.time - player.start;
  return (
    <section
      aria-label={words.title}
      className="border-t border-line bg-paper px-5 py-2 pb-[max(0.5rem,env(safe-area-inset-bottom))] md:px-8"
    >
      <div className="mx-auto flex max-w-(--width-reading) flex-wrap items-center gap-x-2">
        <IconButton label={words.back} onClick={() => player.seek(state.time - STEP_S)}>
          <RotateCcw size={17} aria-hidden />
        </IconButton>
        <button
          type="button"
          aria-label={state.isPlaying ? words.pause : words.play}
          title={state.isPlaying ? words.pause : words.play}
          onClick={() => player.toggle()}
          className="inline-flex size-10 items-center justify-center rounded-full bg-accent text-accent-ink pointer-coarse:size-11"
        >
          {state.isPlaying ? (
            <Pause size={18} className="fill-current" aria-hidden />
          ) : (
            <Play size={18} className="fill-current" aria-hidden />
          )}
        </button>
        <IconButton label={words.forward} onClick={() => player.seek(state.time + STEP_S)}>
          <RotateCw size={17} aria-hidden />
        </IconButton>
        <span className="tabular text-xs text-soft">{clockTime(position)}</span>
        <input
          type="range"
          min={0}
          max={length}
          step={0.1}
          value={position}
          aria-label={words.position}
          aria-valuetext={words.at(clockTime(position), clockTime(length))}
          onChange={(event) => player.seek(player.start + Number(event.target.value))}
          className="min-w-24 flex-1 accent-(--accent)"
        />
        <span className="tabular text-xs text-soft">{clockTime(length)}</span>
        <select
          aria-label={words.speed}
          value={state.rate}
          onChange={(event) => player.setRate(Number(event.target.value))}
          className="tabular min-h-9 rounded-control bg-transparent px-1 text-xs text-soft hover:bg-sunk"
        >
          {RATES.map((rate) => (
            <option key={rate} value={rate}>
              {rate}×
            </option>
          ))}
        </select>
        <button
          type="button"
          aria-pressed={state.skipsSilence}
          onClick={() => player.setSkipsSilence(!state.skipsSilence)}
          className="hidden min-h-9 rounded-control px-2 text-xs text-soft hover:bg-sunk hover:text-ink aria-pressed:bg-accent-soft aria-pressed:text-accent sm:block"
        >
          {words.skipSilence}
        </button>
      </div>
      {state.hasFailed && (
        <p role="alert" className="flex items-center justify-center gap-2 text-sm text-amber">
          {words.failed}
          <Button look="quiet" onClick={retry}>
            {words.retry}
          </Button>
        </p>
      )}
    </section>
  );
}
