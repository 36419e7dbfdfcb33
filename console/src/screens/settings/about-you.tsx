import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.ts';
import { profileQuery } from '../../api/queries.ts';
import { useStrings } from '../../i18n/strings.ts';
import { LineField } from '../../ui/line-field.tsx';
import { say } from '../../ui/notice.ts';
import { Group } from '../../ui/page.tsx';
import { Choice } from './choice.tsx';
import { Row, Switch } from './row.tsx';
import { useSettings } from './use-setting.ts';

const FIELD =
  'min-h-10 w-44 min-w-0 rounded-control border border-line bg-raised px-2 text-base sm:w-60';
const MAX_WORDS = 100;

/** Who the user is, what they speak, and the words that the recogniser should know. */
export function AboutYou() {
  const { settings: words, firstRun } = useStrings();
  const queries = useQueryClient();
  const profile = useQuery(profileQuery).data;
  const speech = useSettings('transcription', {
    read: (signal) => dataOf(api.GET('/v1/users/transcription-preferences', { signal })),
    write: (body) => dataOf(api.PATCH('/v1/users/transcription-preferences', { body })),
  });
  const refresh = () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: profileQuery.queryKey }),
      queries.invalidateQueries({ queryKey: ['settings'] }),
    ]);
  const edit = useMutation({
    mutationFn: (change: { name?: string; time_zone?: string }) =>
      dataOf(api.PATCH('/v1/users/profile', { body: change })),
    onError: (error) => say(error.message),
    onSettled: refresh,
  });
  const speak = useMutation({
    mutationFn: (language: string) =>
      dataOf(api.PATCH('/v1/users/language', { body: { language } })),
    onError: (error) => say(error.message),
    onSettled: refresh,
  });
  const zones = Intl.supportedValuesOf('timeZone');
  const zone = profile?.time_zone ?? '';
  return (
    <Group title={words.you}>
      <Row label={firstRun.name}>
        <LineField
          text={profile?.name ?? ''}
          label={firstRun.name}
          maxLength={100}
          save={(name) => edit.mutate({ name })}
          className={FIELD}
        />
      </Row>
      <Row label={firstRun.zone}>
        <Choice
          label={firstRun.zone}
          value={zone}
          options={[...new Set([zone, ...zones])].map((name) => [name, name || '–'])}
          choose={(time_zone) => edit.mutate({ time_zone })}
        />
      </Row>
      <Row label={words.speechLanguage} hint={words.speechLanguageHint}>
        <LineField
          text={profile?.language ?? ''}
          label={words.speechLanguage}
          maxLength={35}
          save={(language) => speak.mutate(language)}
          className={FIELD}
        />
      </Row>
      <Row label={words.oneLanguage} hint={words.oneLanguageHint}>
        <Switch
          label={words.oneLanguage}
          isOn={speech.values?.single_language_mode ?? false}
          disabled={speech.isPending}
          turn={(single_language_mode) => speech.change({ single_language_mode })}
        />
      </Row>
      <Row label={words.vocabulary} hint={words.vocabularyHint}>
        <LineField
          text={speech.values?.vocabulary.join(', ') ?? ''}
          label={words.vocabulary}
          maxLength={5_000}
          canBeEmpty
          save={(text) => speech.change({ vocabulary: wordsOf(text) })}
          className={FIELD}
        />
      </Row>
    </Group>
  );
}

/** Words between commas, each once. */
function wordsOf(text: string): string[] {
  const all = text.split(',').map((word) => word.trim());
  return [...new Set(all.filter((word) => word !== ''))].slice(0, MAX_WORDS);
}
