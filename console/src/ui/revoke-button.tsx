import { useStrings } from '../i18n/strings.ts';
import { Button } from './button.tsx';
import { focusNeighbour } from './focus.ts';

/** Takes the access of a device or program away; the focus goes on in the row beside. */
export function RevokeButton({ name, revoke }: { name: string; revoke: () => void }) {
  const words = useStrings().settings;
  return (
    <Button
      look="loss"
      data-action="revoke"
      aria-label={words.revokeOf(name)}
      onClick={(event) => {
        focusNeighbour(event.currentTarget);
        revoke();
      }}
    >
      {words.revoke}
    </Button>
  );
}
