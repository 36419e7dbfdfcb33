import { useQuery } from '@tanstack/react-query';
import { CircleCheck, Info, TriangleAlert } from 'lucide-react';
import { api, apiUrl, dataOf } from '../../api/client.ts';
import { serverQuery } from '../../api/server.ts';
import type { ServerFinding } from '../../api/types.ts';
import { useLocale, useStrings } from '../../i18n/strings.ts';
import { Button } from '../../ui/button.tsx';
import { Group } from '../../ui/page.tsx';
import { Failed } from '../../ui/states.tsx';
import { exactTime } from '../../ui/time.ts';
import { Row } from './row.tsx';

const SIGNS = {
  ok: { Icon: CircleCheck, className: 'text-accent' },
  broken: { Icon: TriangleAlert, className: 'text-loss' },
  note: { Icon: Info, className: 'text-faint' },
} as const;
const ORDER: readonly ServerFinding['verdict'][] = ['broken', 'note', 'ok'];

/** What the server hears and understands with; for its owner, what its checks find. */
export function Server() {
  const words = useStrings().server;
  const found = useQuery(serverQuery);
  const server = found.data;
  if (found.isError) return <Failed error={found.error} retry={() => void found.refetch()} />;
  return (
    <div className="flex flex-col gap-3">
      <Group title={words.title}>
        <Use
          label={words.hears}
          text={server?.hears.join(words.nextOne) || words.nothing}
          hint={words.hearsHint}
        />
        <Use
          label={words.understands}
          text={server?.understands ?? words.rules}
          hint={words.understandsHint}
        />
        <Row label={words.version}>
          <span className="tabular text-soft">{server?.version ?? '–'}</span>
        </Row>
        <Row label={words.api}>
          <a href={apiUrl('/docs')} className="text-accent underline underline-offset-4">
            /docs
          </a>
        </Row>
      </Group>
      {server?.is_owner && <Checks />}
    </div>
  );
}

/** What the server works with, and what sets it. */
function Use({ label, text, hint }: { label: string; text: string; hint: string }) {
  return (
    <li className="py-3">
      <p className="text-sm text-soft">{label}</p>
      <p className="break-words">{text}</p>
      <p className="text-sm break-words text-faint">{hint}</p>
    </li>
  );
}

/** Checks everything on demand: each check asks its service over the network. */
function Checks() {
  const words = useStrings().server;
  const locale = useLocale();
  const checks = useQuery({
    queryKey: ['server-checks'],
    queryFn: ({ signal }) => dataOf(api.GET('/v1/server/checks', { signal })),
    enabled: false,
    retry: false,
  });
  const findings = checks.data?.findings ?? [];
  const broken = findings.filter(({ verdict }) => verdict === 'broken').length;
  const inOrder = ORDER.flatMap((verdict) => findings.filter((each) => each.verdict === verdict));
  return (
    <>
      <Button
        className="self-start"
        disabled={checks.isFetching}
        onClick={() => void checks.refetch()}
      >
        {checks.isFetching ? words.checking : words.check}
      </Button>
      {checks.isError && !checks.isFetching && (
        <p role="alert" className="text-sm text-loss">
          {checks.error.message}
        </p>
      )}
      {checks.data && (
        <section aria-label={words.findings} className="flex flex-col gap-1">
          <p role="status" className="text-sm text-soft">
            {broken === 0 ? words.allWell : words.broken(broken)}{' '}
            <span className="text-faint">
              {exactTime(new Date(checks.data.checked_at), locale)}
            </span>
          </p>
          <ul className="flex flex-col divide-y divide-line border-y border-line">
            {inOrder.map((finding) => (
              <FindingRow key={`${finding.subject} ${finding.text}`} finding={finding} />
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function FindingRow({ finding }: { finding: ServerFinding }) {
  const words = useStrings().server;
  const { Icon, className } = SIGNS[finding.verdict];
  return (
    <li className="flex gap-3 py-2.5">
      <Icon
        size={18}
        role="img"
        aria-label={words.verdicts[finding.verdict]}
        className={`mt-0.5 shrink-0 ${className}`}
      />
      <div className="min-w-0">
        <p>{finding.subject}</p>
        <p className="text-sm break-words text-soft">{finding.text}</p>
      </div>
    </li>
  );
}
