import { useMutation } from '@tanstack/react-query';
import { Play, Square } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { api, dataOf } from '../../api/client.ts';
import type { UnknownVoice } from '../../api/types.ts';
import { useStrings } from '../../i18n/strings.ts';
import { Button } from '../../ui/button.tsx';

/** A piece of a conversation in which the voice speaks alone. */
export function Piece({ piece }: { piece: UnknownVoice['heard_in'][number] }) {
  const { people: words, timeline } = useStrings();
  const [isPlaying, setIsPlaying] = useState(false);
  const audio = useRef<HTMLAudioElement | null>(null);
  useEffect(() => () => audio.current?.pause(), []);
  const title = piece.title || timeline.untitled;
  const clip = useMutation({
    mutationFn: () =>
      dataOf(
        api.GET('/v1/speaker-tag-prompts/clip', {
          params: {
            query: {
              conversation_id: piece.conversation_id,
              start: piece.clip_start,
              end: piece.clip_end,
            },
          },
        }),
      ),
    onSuccess: ({ audio_base64 }) => {
      const bytes = Uint8Array.from(atob(audio_base64), (letter) => letter.charCodeAt(0));
      const url = URL.createObjectURL(new Blob([bytes], { type: 'audio/wav' }));
      const element = new Audio(url);
      audio.current = element;
      element.addEventListener('ended', () => setIsPlaying(false), { once: true });
      setIsPlaying(true);
      void element.play().catch(() => setIsPlaying(false));
    },
  });
  return (
    <Button
      icon={isPlaying ? <Square size={14} aria-hidden /> : <Play size={14} aria-hidden />}
      aria-label={words.play(title)}
      className="max-w-full"
      onClick={() => {
        if (!isPlaying) clip.mutate();
        audio.current?.pause();
        setIsPlaying(false);
      }}
    >
      <bdi dir="auto" className="truncate">
        {clip.isError ? words.noAudio : title}
      </bdi>
    </Button>
  );
}
