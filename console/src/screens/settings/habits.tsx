import { useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.ts';
import { useLocale, useStrings } from '../../i18n/strings.ts';
import { Group } from '../../ui/page.tsx';
import { timeOfDay } from '../../ui/time.ts';
import { Choice } from './choice.tsx';
import { Row, Switch } from './row.tsx';
import { useSettings } from './use-setting.ts';

const HOURS = 24;

/** When the day is summed up. */
export function DailySummary() {
  const words = useStrings().settings;
  const locale = useLocale();
  const { values, change, isPending } = useSettings('daily-summary', {
    read: (signal) => dataOf(api.GET('/v1/users/daily-summary-settings', { signal })),
    write: (body) => dataOf(api.PATCH('/v1/users/daily-summary-settings', { body })),
  });
  return (
    <Group title={words.daySummary}>
      <Row label={words.daySummaryOn}>
        <Switch
          label={words.daySummaryOn}
          isOn={values?.enabled ?? false}
          disabled={isPending}
          turn={(enabled) => change({ enabled })}
        />
      </Row>
      <Row label={words.daySummaryAt}>
        <Choice
          label={words.daySummaryAt}
          value={String(values?.hour ?? 22)}
          options={Array.from({ length: HOURS }, (_, hour) => [
            String(hour),
            timeOfDay(new Date(2026, 0, 1, hour), locale),
          ])}
          choose={(hour) => change({ hour: Number(hour) })}
        />
      </Row>
    </Group>
  );
}

/** Whether voices of others are learned, and whether the user is asked who speaks. */
export function Voices() {
  const words = useStrings().settings;
  const { values, change, isPending } = useSettings('voice-profile', {
    read: (signal) => dataOf(api.GET('/v1/users/voice-profile-settings', { signal })),
    write: (body) => dataOf(api.PATCH('/v1/users/voice-profile-settings', { body })),
  });
  return (
    <Group title={words.voices}>
      <Row label={words.otherVoices} hint={words.otherVoicesHint}>
        <Switch
          label={words.otherVoices}
          isOn={values?.save_other_voice_profiles ?? false}
          disabled={isPending}
          turn={(value) => change({ save_other_voice_profiles: value })}
        />
      </Row>
      <Row label={words.askWho}>
        <Switch
          label={words.askWho}
          isOn={values?.speaker_tag_prompts_enabled ?? false}
          disabled={isPending}
          turn={(value) => change({ speaker_tag_prompts_enabled: value })}
        />
      </Row>
    </Group>
  );
}

/** What speech recognition was used for, and what is left of the day. */
export function Usage() {
  const words = useStrings().settings;
  const found = useQuery({
    queryKey: ['stt-usage'],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/v1/users/me/stt-usage', { params: { query: { days: 30 } }, signal })),
  });
  const byProvider = new Map<string, number>();
  for (const { provider, sent_minutes } of found.data?.days ?? []) {
    byProvider.set(provider, (byProvider.get(provider) ?? 0) + sent_minutes);
  }
  const budget = found.data?.budget;
  const limit = budget?.minutes_per_day ?? null;
  return (
    <Group title={words.usage}>
      {byProvider.size === 0 && <li className="py-3 text-soft">{words.noUsage}</li>}
      {[...byProvider].map(([provider, minutes]) => (
        <Row key={provider} label={provider}>
          <span className="tabular text-soft">{words.minutes(Math.round(minutes))}</span>
        </Row>
      ))}
      {budget && limit !== null && (
        <Row label={words.budget}>
          <span className={`tabular ${budget.exhausted ? 'text-amber' : 'text-soft'}`}>
            {words.ofBudget(Math.round(budget.used_minutes_today), Math.round(limit))}
          </span>
        </Row>
      )}
    </Group>
  );
}
