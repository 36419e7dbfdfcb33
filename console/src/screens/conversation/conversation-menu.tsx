import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import {
  Captions,
  Copy,
  Download,
  Ellipsis,
  FileText,
  Merge,
  MessagesSquare,
  RotateCw,
  Sparkles,
} from 'lucide-react';
import { useState } from 'react';
import { api, apiUrl, dataOf } from '../../api/client.ts';
import type { Conversation, Person } from '../../api/types.ts';
import { useStrings } from '../../i18n/strings.ts';
import { Menu, type MenuItem } from '../../ui/menu.tsx';
import { say } from '../../ui/notice.ts';
import { speakerName } from '../../ui/speaker.ts';
import { useSelection } from '../timeline/selection.tsx';
import {
  fileName,
  type NameOf,
  saveFile,
  toCaptions,
  toMarkdown,
  toText,
} from './conversation-files.ts';
import { SummarySheet } from './summary-sheet.tsx';
import { VersionsSheet } from './versions-sheet.tsx';

const ICON = { size: 16, 'aria-hidden': true } as const;

/** The rarer things to do with a conversation: copies, files, and writing it up again. */
export function ConversationMenu({
  conversation,
  people,
  refresh,
}: {
  conversation: Conversation;
  people: ReadonlyMap<string, Person>;
  refresh: () => Promise<unknown>;
}) {
  const { conversation: labels, edit, files, selection: words, summaries, versions } = useStrings();
  const [showsVersions, setShowsVersions] = useState(false);
  const [showsSummaries, setShowsSummaries] = useState(false);
  const selection = useSelection();
  const navigate = useNavigate();
  const { id } = conversation;
  const nameOf: NameOf = (segment) => speakerName(segment, people, labels);
  const reprocess = useMutation({
    mutationFn: () =>
      dataOf(api.POST('/v1/conversations/{id}/reprocess', { params: { path: { id } } })),
    onError: (error) => say(error.message),
    onSettled: refresh,
  });
  const save = (ending: string, type: string, text: string) =>
    saveFile(fileName(conversation, ending), text, type);
  const items: MenuItem[] = [
    {
      label: labels.askAbout,
      icon: <MessagesSquare {...ICON} />,
      act: () => void navigate({ to: '/ask', search: { about: id } }),
    },
    {
      label: labels.reprocess,
      icon: <RotateCw {...ICON} />,
      act: () => reprocess.mutate(),
      disabled: reprocess.isPending || conversation.status === 'processing',
    },
    {
      label: summaries.title,
      icon: <Sparkles {...ICON} />,
      act: () => setShowsSummaries(true),
      disabled: conversation.status === 'processing',
    },
    {
      label: versions.title,
      icon: <Captions {...ICON} />,
      act: () => setShowsVersions(true),
    },
    {
      label: words.mergeWith,
      icon: <Merge {...ICON} />,
      act: () => {
        selection.begin([id]);
        // A phone shows either the list or the conversation.
        void navigate({ to: '/timeline', search: (search) => ({ ...search, segment: undefined }) });
      },
    },
    'line',
    {
      label: files.copy,
      icon: <Copy {...ICON} />,
      act: () => {
        void navigator.clipboard.writeText(toMarkdown(conversation, nameOf));
        say(files.copied);
      },
    },
    {
      label: files.markdown,
      icon: <FileText {...ICON} />,
      act: () => save('md', 'text/markdown', toMarkdown(conversation, nameOf)),
    },
    {
      label: files.text,
      icon: <FileText {...ICON} />,
      act: () => save('txt', 'text/plain', toText(conversation, nameOf)),
    },
    {
      label: files.srt,
      icon: <Captions {...ICON} />,
      act: () => save('srt', 'application/x-subrip', toCaptions(conversation, nameOf, 'srt')),
    },
    {
      label: files.vtt,
      icon: <Captions {...ICON} />,
      act: () => save('vtt', 'text/vtt', toCaptions(conversation, nameOf, 'vtt')),
    },
    {
      label: files.json,
      icon: <FileText {...ICON} />,
      act: () => save('json', 'application/json', JSON.stringify(conversation, null, 2)),
    },
    ...conversation.audio_files.map((file, index, all) => ({
      label: files.audio(index + 1, all.length),
      icon: <Download {...ICON} />,
      href: apiUrl(
        `/v1/sync/audio/${encodeURIComponent(id)}/${encodeURIComponent(file.id)}?format=wav`,
      ),
      download: fileName(conversation, 'wav'),
    })),
  ];
  return (
    <>
      <Menu label={edit.more} icon={<Ellipsis size={18} aria-hidden />} items={items} />
      <SummarySheet
        conversation={conversation}
        isOpen={showsSummaries}
        close={() => setShowsSummaries(false)}
        refresh={refresh}
      />
      <VersionsSheet
        conversation={conversation}
        isOpen={showsVersions}
        close={() => setShowsVersions(false)}
      />
    </>
  );
}
