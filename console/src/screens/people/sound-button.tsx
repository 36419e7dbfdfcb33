import { useMutation } from '@tanstack/react-query';
import { Play, Square } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useStrings } from '../../i18n/strings.ts';
import { Button } from '../../ui/button.tsx';

interface SoundButtonProps {
  /** What is heard, as it stands on the button. */
  text: string;
  /** The same for a screen reader. */
  label: string;
  /** Returns the address of the sound. */
  load: () => Promise<string>;
}

/** Plays a short sound, and stops it. */
export function SoundButton({ text, label, load }: SoundButtonProps) {
  const { people: words } = useStrings();
  const [isPlaying, setIsPlaying] = useState(false);
  const audio = useRef<HTMLAudioElement | null>(null);
  useEffect(() => () => audio.current?.pause(), []);
  const sound = useMutation({
    mutationFn: async () => {
      const element = new Audio(await load());
      audio.current = element;
      element.addEventListener('ended', () => setIsPlaying(false), { once: true });
      await element.play();
    },
    onMutate: () => setIsPlaying(true),
    onError: () => setIsPlaying(false),
  });
  return (
    <Button
      icon={isPlaying ? <Square size={14} aria-hidden /> : <Play size={14} aria-hidden />}
      aria-label={label}
      className="max-w-full"
      onClick={() => {
        audio.current?.pause();
        if (isPlaying) setIsPlaying(false);
        else sound.mutate();
      }}
    >
      <bdi dir="auto" className="truncate">
        {sound.isError ? words.noAudio : text}
      </bdi>
    </Button>
  );
}
