import { Link } from '@tanstack/react-router';
import { useStrings } from '../i18n/strings.ts';
import { Empty } from '../ui/states.tsx';

export function NotFound() {
  const { state } = useStrings();
  return (
    <Empty
      action={
        <Link to="/timeline" className="font-medium text-accent underline underline-offset-4">
          {state.goHome}
        </Link>
      }
    >
      {state.notFound}
    </Empty>
  );
}
