import { Link } from '@tanstack/react-router';
import { Mic, Pause, Play, Square } from 'lucide-react';
import { useEffect, useSyncExternalStore } from 'react';
import { Microphone } from '../../capture/microphone.ts';
import { Recorder, type RecorderState } from '../../capture/recorder.ts';
import { useStrings } from '../../i18n/strings.ts';
import { Button } from '../../ui/button.tsx';
import { clockTime } from '../../ui/time.ts';
import { LevelLine } from './level-line.tsx';
import { LiveTranscript } from './live-transcript.tsx';

/** One for the whole page: leaving this screen does not end a recording. */
const recorder = new Recorder(() => navigator.language.slice(0, 2));

/** Recording from this device's microphone, with the words as they come. */
export function Live() {
  const words = useStrings().live;
  const state = useSyncExternalStore(recorder.subscribe, recorder.getState);
  useEffect(() => {
    void recorder.resumeEarlier();
  }, []);
  const isQuiet = state.phase === 'idle' || state.phase === 'starting';
  const isRunning = ['recording', 'paused', 'ending'].includes(state.phase);
  return (
    <div className={`flex h-full flex-col ${isQuiet ? 'justify-center' : ''}`}>
      <h1 className="sr-only">{words.title}</h1>
      {!isQuiet && <LiveTranscript state={state} />}
      <div className={`px-5 pt-3 pb-5 ${isQuiet ? '' : 'border-t border-line bg-paper'}`}>
        <div className="mx-auto flex max-w-(--width-reading) flex-col items-center gap-3">
          <Status state={state} />
          <LevelLine
            level={state.level}
            isListening={state.phase === 'recording'}
            label={words.level}
          />
          <div className="grid w-full grid-cols-[1fr_auto_1fr] items-center gap-4">
            <div className="flex justify-end">
              {state.phase === 'recording' && (
                <Button
                  icon={<Pause size={16} aria-hidden />}
                  onClick={() => void recorder.pause()}
                >
                  {words.pause}
                </Button>
              )}
              {state.phase === 'paused' && (
                <Button look="loss" onClick={() => void recorder.discard()}>
                  {words.discard}
                </Button>
              )}
            </div>
            <RecordButton state={state} />
            <div className="tabular text-sm text-soft">
              {isRunning && <span title={words.elapsed}>{clockTime(state.recordedMs / 1000)}</span>}
              {state.phase === 'paused' && (
                <Button
                  className="ms-3"
                  onClick={() => void recorder.end()}
                  icon={<Square size={14} aria-hidden />}
                >
                  {words.stop}
                </Button>
              )}
            </div>
          </div>
        </div>
      </div>
    </div>
  );
}

/** The one bold element: a circle to begin, a square to end; its word says which. */
function RecordButton({ state }: { state: RecorderState }) {
  const words = useStrings().live;
  const isRecording = state.phase === 'recording';
  const isBusy = state.phase === 'starting' || state.phase === 'ending';
  const label = isRecording ? words.stop : state.phase === 'paused' ? words.resume : words.record;
  const Icon = isRecording ? Square : state.phase === 'paused' ? Play : Mic;
  return (
    <button
      type="button"
      disabled={isBusy}
      onClick={() => void (isRecording ? recorder.end() : recorder.start(new Microphone()))}
      className={`flex h-16 min-w-40 items-center justify-center gap-3 px-8 text-lg font-semibold transition-[border-radius,opacity] disabled:opacity-50 ${
        isRecording ? 'rounded-2xl bg-ink text-paper' : 'rounded-full bg-accent text-accent-ink'
      }`}
    >
      <Icon size={22} className={isRecording ? 'fill-current' : ''} aria-hidden />
      {label}
    </button>
  );
}

function Status({ state }: { state: RecorderState }) {
  const words = useStrings().live;
  const { text, look } = statusOf(state, words);
  return (
    <p role="status" className={`min-h-6 text-center text-sm ${look}`}>
      {text}
      {state.phase === 'done' && state.conversationId && (
        <>
          {' '}
          <Link
            to="/timeline/$id"
            params={{ id: state.conversationId }}
            search={{}}
            className="font-medium text-accent underline underline-offset-4"
          >
            {words.open}
          </Link>
        </>
      )}
    </p>
  );
}

/** Audio that is a little behind is ordinary; only more than this is told. */
const QUIET_BACKLOG_MS = 3_000;

function statusOf(
  state: RecorderState,
  words: ReturnType<typeof useStrings>['live'],
): { text: string; look: string } {
  const { phase, problem, reason, isConnected, backlogMs, provider } = state;
  const problems = {
    denied: words.denied,
    'no-device': words.noMicrophone,
    insecure: words.insecure,
    unplugged: words.unplugged,
    unsupported: words.noMicrophone,
    'other-tab': words.otherTab,
    refused: reason,
  };
  if (problem) return { text: problems[problem], look: 'text-amber' };
  if (phase === 'idle') return { text: words.ready, look: 'text-soft' };
  if (phase === 'starting') return { text: words.connecting, look: 'text-soft' };
  if (phase === 'done') return { text: words.done, look: 'text-soft' };
  if (!isConnected) return { text: words.reconnecting, look: 'text-amber' };
  if (backlogMs > QUIET_BACKLOG_MS) {
    return { text: words.waiting(Math.round(backlogMs / 1000)), look: 'text-amber' };
  }
  if (phase === 'ending') return { text: words.ending, look: 'text-soft' };
  if (phase === 'paused') return { text: words.paused, look: 'text-soft' };
  return { text: provider ? words.heardBy(provider) : words.listening, look: 'text-accent' };
}
