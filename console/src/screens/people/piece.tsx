import { api, dataOf } from '../../api/client.ts';
import type { UnknownVoice } from '../../api/types.ts';
import { useStrings } from '../../i18n/strings.ts';
import { SoundButton } from './sound-button.tsx';

/** A piece of a conversation in which the voice speaks alone. */
export function Piece({ piece }: { piece: UnknownVoice['heard_in'][number] }) {
  const { people: words, timeline } = useStrings();
  const title = piece.title || timeline.untitled;
  const load = async () => {
    const { audio_base64 } = await dataOf(
      api.GET('/v1/speaker-tag-prompts/clip', {
        params: {
          query: {
            conversation_id: piece.conversation_id,
            start: piece.clip_start,
            end: piece.clip_end,
          },
        },
      }),
    );
    const bytes = Uint8Array.from(atob(audio_base64), (letter) => letter.charCodeAt(0));
    return URL.createObjectURL(new Blob([bytes], { type: 'audio/wav' }));
  };
  return <SoundButton text={title} label={words.play(title)} load={load} />;
}
