import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { ApiError, api, apiUrl, dataOf } from '../../api/client.ts';
import { signIn } from '../../app/session.ts';
import { useIsRecording } from '../../capture/recording-state.ts';
import { useStrings } from '../../i18n/strings.ts';
import { Button } from '../../ui/button.tsx';

/** The code of a one-time link stands behind `#`, so that no server and no log sees it. */
function codeFromAddress(): string | null {
  const code = new URLSearchParams(location.hash.slice(1)).get('code');
  if (code) history.replaceState(null, '', location.pathname + location.search);
  return code;
}

/** Signing in by the one-time link of the first start, or by a token. */
export function SignIn() {
  const { signIn: words, live } = useStrings();
  const isRecording = useIsRecording();
  const { next, problem: cameWith } = useSearch({ from: '/welcome' });
  const issuer = useQuery({
    queryKey: ['issuer'],
    queryFn: ({ signal }) => dataOf(api.GET('/v1/auth/issuer', { signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const issuerName = issuer.data?.name ?? null;
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [problem, setProblem] = useState<string | null>(cameWith ? words.issuerRefused : null);
  const [busy, setBusy] = useState(false);
  const code = useRef<string | null | undefined>(undefined);

  const enter = async (secret: { token: string } | { code: string }) => {
    setBusy(true);
    setProblem(null);
    try {
      await signIn(secret);
      queries.clear();
      await navigate({ href: next ?? '/live' });
    } catch (error) {
      const refused = error instanceof ApiError && error.status > 0 && error.status < 500;
      const cause = 'code' in secret ? words.linkUsed : words.rejected;
      setProblem(refused ? cause : error instanceof Error ? error.message : String(error));
      setBusy(false);
    }
  };

  useEffect(() => {
    // An effect runs twice in development, and a code works once.
    if (code.current !== undefined) return;
    code.current = codeFromAddress();
    if (code.current) void enter({ code: code.current });
  });

  return (
    <main className="flex min-h-dvh items-center justify-center p-6">
      <form
        className="flex w-full max-w-sm flex-col gap-5"
        onSubmit={(event) => {
          event.preventDefault();
          const token = String(new FormData(event.currentTarget).get('token')).trim();
          if (token) void enter({ token });
        }}
      >
        <img src="./icon.svg" alt="" width="44" height="44" />
        <h1 className="text-xl">{words.title}</h1>
        {isRecording && (
          <p role="status" className="border-s-2 border-amber ps-3 text-sm text-amber">
            {live.stillRecording}
          </p>
        )}
        <p className="text-soft">{words.intro}</p>
        {issuerName !== null && (
          <>
            <a
              href={`${apiUrl('/v1/auth/issuer/start')}?next=${encodeURIComponent(next ?? '/live')}`}
              className="inline-flex min-h-11 items-center justify-center rounded-control bg-accent px-3 font-medium text-accent-ink hover:opacity-90"
            >
              {words.issuer(issuerName)}
            </a>
            <p className="text-sm text-faint">{words.orToken}</p>
          </>
        )}
        <label className="flex flex-col gap-1.5 text-sm font-medium">
          {words.token}
          <input
            name="token"
            type="password"
            autoComplete="current-password"
            required
            aria-describedby="sign-in-problem"
            className="min-h-11 rounded-control border border-line-strong bg-raised px-3 font-mono text-base"
          />
        </label>
        <p id="sign-in-problem" role="alert" className="text-sm text-loss empty:hidden">
          {problem}
        </p>
        <Button
          type="submit"
          look={issuerName === null ? 'primary' : 'plain'}
          disabled={busy}
          className="min-h-11 justify-center text-base"
        >
          {busy ? words.opening : words.submit}
        </Button>
        <p className="text-sm text-faint">{words.hint}</p>
      </form>
    </main>
  );
}
