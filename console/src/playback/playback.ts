import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { apiUrl } from '../api/client.ts';
import { playbackQuery } from '../api/queries.ts';
import type { Conversation, Playback } from '../api/types.ts';
import { Player } from './player.ts';

/** Words of a segment with their times, by the id of the segment. */
export type WordTimes = ReadonlyMap<string, Playback['segments'][number]['words']>;

const NO_TIMES: WordTimes = new Map();

/** A player for the audio of a conversation; null if none is kept. */
export function usePlayer(conversation: Conversation | undefined): {
  player: Player | null;
  times: WordTimes;
  retry: () => void;
} {
  const files = conversation?.audio_files.map(({ id }) => id).join(' ') ?? '';
  const id = conversation?.id ?? '';
  const found = useQuery({ ...playbackQuery(id, files), enabled: files !== '' });
  const playback = files === '' ? undefined : found.data;
  const hasAudio = (playback?.audio.length ?? 0) > 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: other files are another player
  const player = useMemo(
    () => (playback && hasAudio ? new Player(partsOf(playback)) : null),
    [id, files, hasAudio],
  );
  useEffect(() => {
    if (playback) player?.update(partsOf(playback), conversation?.transcript_segments ?? []);
  }, [player, playback, conversation]);
  useEffect(() => () => player?.close(), [player]);
  const times = useMemo(
    () => (playback ? new Map(playback.segments.map(({ id, words }) => [id, words])) : NO_TIMES),
    [playback],
  );
  return { player, times, retry: () => void found.refetch() };
}

/**
 * A link of this server is followed at the address that the page came from: the configured one may
 * be another, which the page may not ask.
 */
function partsOf({ audio }: Playback) {
  return audio.map(({ id, signed_url: url, start, end }) => {
    const at = url.indexOf('/v1/blobs/');
    return { id, start, end, url: at < 0 ? url : apiUrl(url.slice(at)) };
  });
}
