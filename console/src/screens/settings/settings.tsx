import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { api, apiUrl, dataOf } from '../../api/client.ts';
import { signOut } from '../../app/session.ts';
import { setTheme, storedTheme, THEMES, type Theme } from '../../app/theme.ts';
import {
  chooseLanguage,
  initialLanguage,
  LANGUAGES,
  type Language,
  useStrings,
} from '../../i18n/strings.ts';
import { keysAreOn, switchKeys } from '../../keyboard/keys.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmButton } from '../../ui/confirm-button.tsx';
import { LINK_BUTTON, LinkButton } from '../../ui/link-button.tsx';
import { say } from '../../ui/notice.ts';
import { Group, Page } from '../../ui/page.tsx';
import { LanguageModel } from '../services/language-model.tsx';
import { OwnerOnly } from '../services/owner-only.tsx';
import { SpeechKeys } from '../services/speech-keys.tsx';
import { SpeechOrder } from '../services/speech-order.tsx';
import { AboutYou } from './about-you.tsx';
import { Backup } from './backup.tsx';
import { Choice } from './choice.tsx';
import { Devices } from './devices.tsx';
import { DailySummary, Usage, Voices } from './habits.tsx';
import { LocalModels } from './models.tsx';
import { Notifications } from './notifications.tsx';
import { Row, Switch } from './row.tsx';
import { Server } from './server.tsx';
import { Users } from './users.tsx';

/** What can be set for this browser, for the user, and what the server says of itself. */
export function Settings() {
  const words = useStrings().settings;
  const { signIn } = useStrings();
  return (
    <Page title={words.title}>
      <Group title={words.appearance}>
        <Row label={words.theme}>
          <Choice
            label={words.theme}
            value={storedTheme()}
            options={THEMES.map((theme) => [theme, words.themes[theme]])}
            choose={(theme) => setTheme(theme as Theme)}
          />
        </Row>
        <Row label={words.language}>
          <Choice
            label={words.language}
            value={initialLanguage()}
            options={Object.entries(LANGUAGES)}
            choose={(language) => chooseLanguage(language as Language)}
          />
        </Row>
      </Group>
      <Keyboard />
      <AboutYou />
      <Listening />
      <Voices />
      <OwnerOnly>
        <SpeechOrder />
        <SpeechKeys />
      </OwnerOnly>
      <LocalModels />
      <OwnerOnly>
        <LanguageModel />
      </OwnerOnly>
      <Usage />
      <DailySummary />
      <Notifications />
      <Devices />
      <Group title={words.data}>
        <li className="flex flex-wrap gap-2 py-3">
          <LinkButton href={apiUrl('/v1/users/export')} download="omi-export.json">
            {words.export}
          </LinkButton>
          <Link to="/upload" className={LINK_BUTTON}>
            {words.importData}
          </Link>
          <Button look="quiet" onClick={() => void signOut()}>
            {signIn.signOut}
          </Button>
        </li>
        <Row label={words.deleteAccount} hint={words.deleteAccountHint}>
          <DeleteAccount />
        </Row>
      </Group>
      <Users />
      <Backup />
      <Server />
    </Page>
  );
}

function Keyboard() {
  const words = useStrings().settings;
  const [isOn, setIsOn] = useState(keysAreOn);
  return (
    <Group title={words.keyboard}>
      <Row label={words.keys} hint={words.keysHint}>
        <Switch
          label={words.keys}
          isOn={isOn}
          disabled={false}
          turn={(value) => {
            switchKeys(value);
            setIsOn(value);
          }}
        />
      </Row>
    </Group>
  );
}

function Listening() {
  const words = useStrings().settings;
  const queries = useQueryClient();
  const key = ['recording-permission'];
  const permission = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => dataOf(api.GET('/v1/users/store-recording-permission', { signal })),
  });
  const allow = useMutation({
    mutationFn: (value: boolean) =>
      dataOf(
        api.POST('/v1/users/store-recording-permission', {
          params: { query: { value } },
        }),
      ),
    onSettled: () => queries.invalidateQueries({ queryKey: key }),
  });
  const isOn = allow.isPending ? allow.variables : permission.data?.store_recording_permission;
  return (
    <Group title={words.listening}>
      <Row label={words.recordings} hint={words.recordingsHint}>
        <Switch
          label={words.recordings}
          isOn={isOn ?? false}
          disabled={permission.isPending}
          turn={(value) => allow.mutate(value)}
        />
      </Row>
    </Group>
  );
}

/** Deletes the account, which cannot be undone: it asks once more. */
function DeleteAccount() {
  const { settings: words, state } = useStrings();
  const remove = useMutation({
    mutationFn: () => dataOf(api.DELETE('/v1/users/delete-account')),
    onSuccess: () => location.assign(document.baseURI),
    onError: (error) => say(error.message),
  });
  return (
    <ConfirmButton
      label={words.deleteAccount}
      question={state.deleteForGood}
      icon={<Trash2 size={17} aria-hidden />}
      confirm={() => remove.mutate()}
    />
  );
}
