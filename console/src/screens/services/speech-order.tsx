import { useQuery } from '@tanstack/react-query';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { useRef, useState } from 'react';
import { api, dataOf } from '../../api/client.ts';
import {
  type SpeechService,
  serverSettingsQuery,
  useSettingsChange,
} from '../../api/server-settings.ts';
import { useStrings } from '../../i18n/strings.ts';
import { IconButton } from '../../ui/button.tsx';
import { Group } from '../../ui/page.tsx';
import { Failed, Skeleton } from '../../ui/states.tsx';
import { Switch } from '../settings/row.tsx';

/** Steps in the order: towards its beginning, towards its end. */
type Step = -1 | 1;

/** Who is asked for words, in order; each can be moved, and switched off. For the owner of the server. */
export function SpeechOrder() {
  const words = useStrings().services;
  const found = useQuery(serverSettingsQuery);
  const change = useSettingsChange((wanted: SpeechService[]) => {
    const services = wanted.map(({ name, on }) => ({ name, on }));
    return dataOf(api.PUT('/v1/server/settings/speech-services', { body: { services } }));
  });
  const list = useRef<HTMLDivElement>(null);
  const [said, setSaid] = useState('');
  if (found.isError) return <Failed error={found.error} retry={() => void found.refetch()} />;
  if (!found.data) return <Skeleton rows={3} />;
  const { set_by: setBy, services: stored } = found.data.speech_services;
  const services = change.isPending ? change.variables : stored;
  const titleOf = titlesOf(services, words.thisServer);
  const first = services.find(({ on, usable }) => on && usable);
  const move = (at: number, step: Step) => {
    const [moved, other] = [services[at], services[at + step]];
    if (!moved || !other) return;
    const next = [...services];
    next[at] = other;
    next[at + step] = moved;
    change.mutate(next);
    setSaid(words.moved(titleOf(moved), at + step + 1, services.length));
    // At an end of the list the button that was pressed is switched off.
    requestAnimationFrame(() => focusMover(list.current, moved.name, step));
  };
  return (
    <div ref={list} className="flex flex-col gap-2">
      <Group title={words.speech}>
        {services.map((service, at) => (
          <ServiceRow
            key={service.name}
            service={service}
            title={titleOf(service)}
            isFirst={service === first}
            isLocked={setBy !== null}
            canMove={(step) => services[at + step] !== undefined}
            move={(step) => move(at, step)}
            turn={(on) =>
              change.mutate(services.map((each) => (each === service ? { ...each, on } : each)))
            }
          />
        ))}
      </Group>
      <p className="text-sm text-faint">{setBy === null ? words.speechHint : words.setBy(setBy)}</p>
      {found.data.problem !== null && (
        <p role="alert" className="text-sm text-loss">
          {words.problem}: {found.data.problem}
        </p>
      )}
      {change.isError && (
        <p role="alert" className="text-sm text-loss">
          {change.error.message}
        </p>
      )}
      <p role="status" className="sr-only">
        {said}
      </p>
    </div>
  );
}

/** Two services of one vendor are told apart by their names. */
function titlesOf(services: readonly SpeechService[], thisServer: string) {
  return ({ vendor, title, name }: SpeechService) => {
    const own = vendor === 'local' ? thisServer : title;
    const isOne = services.filter((other) => other.vendor === vendor).length === 1;
    return isOne ? own : `${own} (${name})`;
  };
}

function focusMover(list: HTMLElement | null, name: string, step: Step): void {
  const buttons = [...(list?.querySelectorAll<HTMLButtonElement>('button[data-step]') ?? [])];
  const own = buttons.filter(({ dataset, disabled }) => dataset.service === name && !disabled);
  (own.find(({ dataset }) => dataset.step === String(step)) ?? own[0])?.focus();
}

function ServiceRow({
  service,
  title,
  isFirst,
  isLocked,
  canMove,
  move,
  turn,
}: {
  service: SpeechService;
  title: string;
  isFirst: boolean;
  isLocked: boolean;
  canMove: (step: Step) => boolean;
  move: (step: Step) => void;
  turn: (on: boolean) => void;
}) {
  const words = useStrings().services;
  const missing = service.vendor === 'local' ? words.needsModel : words.needsKey;
  const state = !service.on
    ? words.off
    : !service.usable
      ? missing
      : isFirst
        ? words.first
        : words.later;
  return (
    <li className="flex items-center gap-3 py-2.5">
      <div className="min-w-0 flex-1">
        <p className="break-words">{title}</p>
        <p className={`text-sm ${isFirst ? 'text-accent' : 'text-faint'}`}>{state}</p>
      </div>
      {!isLocked &&
        ([-1, 1] as const).map((step) => (
          <IconButton
            key={step}
            label={step === -1 ? words.up(title) : words.down(title)}
            data-service={service.name}
            data-step={step}
            disabled={!canMove(step)}
            onClick={() => move(step)}
            onKeyDown={(event) => {
              const by = { ArrowUp: -1, ArrowDown: 1 } as const;
              if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
              event.preventDefault();
              move(by[event.key]);
            }}
          >
            {step === -1 ? <ArrowUp size={17} aria-hidden /> : <ArrowDown size={17} aria-hidden />}
          </IconButton>
        ))}
      <Switch label={words.use(title)} isOn={service.on} disabled={isLocked} turn={turn} />
    </li>
  );
}
