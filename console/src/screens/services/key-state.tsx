import type { KeyCheck, SpeechKey } from '../../api/server-settings.ts';
import { useLocale, useStrings } from '../../i18n/strings.ts';
import { exactTime, nearTime } from '../../ui/time.ts';

type Key = Pick<SpeechKey, 'set_by' | 'variable' | 'last_four' | 'set_at' | 'check'>;

/** Where a key comes from, its end, since when, and what its last check found. */
export function KeyState({ state, none }: { state: Key; none: string }) {
  const words = useStrings().services;
  const locale = useLocale();
  const { set_by: setBy, last_four: lastFour, set_at: setAt } = state;
  const stored = [
    lastFour === null ? words.stored : words.ends(lastFour),
    setAt !== null && words.since(nearTime(new Date(setAt), locale)),
  ];
  return (
    <>
      <p className="text-sm break-words text-faint">
        {setBy === 'environment' && words.setBy(state.variable)}
        {setBy === 'console' && stored.filter(Boolean).join(' · ')}
        {setBy === null && none}
      </p>
      {state.check && <CheckState check={state.check} />}
    </>
  );
}

/** The state by word as well as by colour; what the vendor said, if something is wrong. */
function CheckState({ check }: { check: KeyCheck }) {
  const words = useStrings().services;
  const locale = useLocale();
  const { verdict, text } = check;
  if (verdict === 'good') {
    const at = new Date(check.at);
    return (
      <p className="text-sm text-accent" title={exactTime(at, locale)}>
        {words.good(nearTime(at, locale))}
      </p>
    );
  }
  const [label, colour] = {
    no_credit: [words.noCredit, 'text-amber'],
    refused: [words.refused, 'text-loss'],
    unclear: [words.unclear, 'text-amber'],
  }[verdict];
  return (
    <p className={`text-sm break-words ${colour}`}>
      {label}: {text}
    </p>
  );
}
