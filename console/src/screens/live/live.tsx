import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Bluetooth, ListStart, Mic, Pause, Play, Square, Upload } from 'lucide-react';
import { useEffect, useSyncExternalStore } from 'react';
import { profileQuery } from '../../api/queries.ts';
import { Microphone, prepareMicrophone } from '../../capture/microphone.ts';
import { PendantSource } from '../../capture/pendants/pendant-source.ts';
import { Recorder } from '../../capture/recorder.ts';
import type { RecorderState } from '../../capture/recorder-state.ts';
import { takeRequest } from '../../capture/recording-state.ts';
import { useStrings } from '../../i18n/strings.ts';
import { Button } from '../../ui/button.tsx';
import { clockTime } from '../../ui/time.ts';
import { LevelLine } from './level-line.tsx';
import { LiveTranscript } from './live-transcript.tsx';

/** One for the whole page: leaving this screen does not end a recording. */
const recorder = new Recorder(() => navigator.language.slice(0, 2));
/** What was recorded from last: a recording that is paused goes on from there. */
let pendant: PendantSource | null = null;

function recordFromMicrophone(): void {
  pendant = null;
  void recorder.start(new Microphone());
}

function recordFromPendant(): void {
  pendant = new PendantSource();
  void recorder.start(pendant);
}

/** The one button that stays, whatever the recording does. */
function focusRecord(): void {
  document.querySelector<HTMLElement>('#record')?.focus();
}

function resume(): void {
  void recorder.start(pendant ?? new Microphone());
}

/** Recording from this device's microphone, with the words as they come. */
export function Live() {
  const words = useStrings().live;
  const state = useSyncExternalStore(recorder.subscribe, recorder.getState);
  const uid = useQuery(profileQuery).data?.uid;
  useEffect(() => {
    if (uid === undefined) return;
    const isWanted = takeRequest();
    void recorder.resumeEarlier(uid).then(() => {
      const { phase, isElsewhere } = recorder.getState();
      if (isWanted && !isElsewhere && (phase === 'idle' || phase === 'done'))
        recordFromMicrophone();
    });
  }, [uid]);
  const isQuiet = state.phase === 'idle' || state.phase === 'starting';
  useEffect(() => void prepareMicrophone(), []);
  const canGoOn = state.phase === 'paused' && !state.isElsewhere;
  const isRunning = ['recording', 'paused', 'ending'].includes(state.phase);
  return (
    <div
      className={`flex h-full flex-col ${isQuiet ? 'justify-end pb-16 md:justify-center md:pb-0' : ''}`}
    >
      <h1 className="sr-only">{words.title}</h1>
      {!isQuiet && <LiveTranscript state={state} />}
      <div className={`px-5 pt-3 pb-5 ${isQuiet ? '' : 'border-t border-line bg-paper'}`}>
        <div className="mx-auto flex max-w-(--width-reading) flex-col items-center gap-3">
          <Status state={state} />
          <DeviceLine state={state} />
          <LevelLine
            level={state.level}
            isListening={state.phase === 'recording'}
            label={words.level}
          />
          <div className="grid w-full grid-cols-[1fr_auto_1fr] items-center gap-4">
            <div className="flex justify-end">
              {state.phase === 'recording' && !state.isElsewhere && (
                <Button
                  icon={<Pause size={16} aria-hidden />}
                  onClick={() => {
                    focusRecord();
                    void recorder.pause();
                  }}
                >
                  {words.pause}
                </Button>
              )}
              {canGoOn && (
                <Button
                  look="loss"
                  onClick={() => {
                    focusRecord();
                    void recorder.discard();
                  }}
                >
                  {words.discard}
                </Button>
              )}
            </div>
            <RecordButton state={state} />
            <div className="tabular text-sm text-soft">
              {isRunning && <span title={words.elapsed}>{clockTime(state.recordedMs / 1000)}</span>}
              {canGoOn && (
                <Button
                  className="ms-3"
                  onClick={() => {
                    focusRecord();
                    void recorder.end();
                  }}
                  icon={<Square size={14} aria-hidden />}
                >
                  {words.stop}
                </Button>
              )}
            </div>
          </div>
          {(isQuiet || state.phase === 'done') && <OtherWays />}
        </div>
      </div>
    </div>
  );
}

const QUIET_LINK =
  'inline-flex min-h-9 items-center gap-2 rounded-control px-3 text-sm font-medium text-soft hover:bg-sunk hover:text-ink pointer-coarse:min-h-11';

/** What else words can come from. */
function OtherWays() {
  const words = useStrings().live;
  const profile = useQuery(profileQuery).data;
  return (
    <div className="mt-3 flex flex-wrap justify-center gap-2">
      <Button
        look="quiet"
        icon={<Bluetooth size={16} aria-hidden />}
        onClick={() => recordFromPendant()}
      >
        {words.pendant}
      </Button>
      <Link to="/upload" className={QUIET_LINK}>
        <Upload size={16} aria-hidden />
        {words.upload}
      </Link>
      {profile && profile.time_zone === null && (
        <Link to="/first-run" className={QUIET_LINK}>
          <ListStart size={16} aria-hidden />
          {words.firstSteps}
        </Link>
      )}
    </div>
  );
}

/** The pendant that is recorded from: whether it is there, its charge, its photos. */
function DeviceLine({ state: { device, phase } }: { state: RecorderState }) {
  const words = useStrings().live;
  if (!device || phase === 'idle' || phase === 'done') return null;
  const { name, isLinked, battery, photos } = device;
  const parts = [
    isLinked ? words.linked(name) : words.unlinked(name),
    ...(battery === null ? [] : [words.battery(battery)]),
    ...(photos === 0 ? [] : [words.photos(photos)]),
  ];
  return (
    <p
      role="status"
      title={words.hint}
      className={`tabular text-center text-xs ${isLinked ? 'text-faint' : 'text-amber'}`}
    >
      <bdi>{parts.join(' · ')}</bdi>
    </p>
  );
}

/** The one bold element: a circle to begin, a square to end; its word says which. */
function RecordButton({ state }: { state: RecorderState }) {
  const words = useStrings().live;
  const isRecording = state.phase === 'recording' && !state.isElsewhere;
  const isBusy = state.isElsewhere || state.phase === 'starting' || state.phase === 'ending';
  const canGoOn = state.phase === 'paused' && !state.isElsewhere;
  const label = isRecording ? words.stop : canGoOn ? words.resume : words.record;
  const Icon = isRecording ? Square : canGoOn ? Play : Mic;
  return (
    <button
      type="button"
      id="record"
      // Disabled it would lose the focus.
      aria-disabled={isBusy}
      onClick={() => {
        if (isBusy) return;
        if (isRecording) void recorder.end();
        else if (state.phase === 'paused') resume();
        else recordFromMicrophone();
      }}
      className={`flex h-16 min-w-40 items-center justify-center gap-3 px-8 text-lg font-semibold transition-[border-radius,opacity] aria-disabled:opacity-50 ${
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
      {state.account === 'signed-out' && state.phase !== 'done' && (
        <>
          {' '}
          <Link
            to="/welcome"
            search={{ next: '/live' }}
            className="font-medium text-accent underline underline-offset-4"
          >
            {words.signInAgain}
          </Link>
        </>
      )}
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
  const { phase, problem, account, reason, isConnected, backlogMs, provider } = state;
  const problems = {
    denied: words.denied,
    'no-device': words.noMicrophone,
    insecure: words.insecure,
    outdated: words.outdated,
    unplugged: words.unplugged,
    unsupported: words.noMicrophone,
    'other-tab': words.otherTab,
    'other-source': words.otherSource,
    'storage-full': words.storageFull,
    'no-bluetooth': words.noBluetooth,
    'not-chosen': words.ready,
    unreachable: words.unreachable,
    refused: reason,
  };
  if (problem === 'not-chosen') return { text: words.ready, look: 'text-soft' };
  if (problem) return { text: problems[problem], look: 'text-amber' };
  if (state.isElsewhere) return { text: words.otherTab, look: 'text-soft' };
  if (phase === 'idle') return { text: words.ready, look: 'text-soft' };
  if (phase === 'starting') return { text: words.connecting, look: 'text-soft' };
  if (phase === 'done') return { text: words.done, look: 'text-soft' };
  if (account === 'other-user') return { text: words.otherUser, look: 'text-amber' };
  if (account === 'signed-out') return { text: words.signedOut, look: 'text-amber' };
  if (!isConnected) return { text: words.reconnecting, look: 'text-amber' };
  if (backlogMs > QUIET_BACKLOG_MS) {
    return { text: words.waiting(Math.round(backlogMs / 1000)), look: 'text-amber' };
  }
  if (phase === 'ending') return { text: words.ending, look: 'text-soft' };
  if (phase === 'paused') return { text: words.paused, look: 'text-soft' };
  if (state.isSilent) return { text: words.silent, look: 'text-amber' };
  return { text: provider ? words.heardBy(provider) : words.listening, look: 'text-accent' };
}
