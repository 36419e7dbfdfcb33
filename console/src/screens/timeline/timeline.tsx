import { Outlet, useParams } from '@tanstack/react-router';
import { useStrings } from '../../i18n/strings.ts';
import { ConversationList } from './conversation-list.tsx';
import { SelectionProvider } from './selection.tsx';

/** The list of conversations beside the one that is open; a phone shows one of the two. */
export function Timeline() {
  const { id } = useParams({ strict: false });
  const words = useStrings().timeline;
  const isOpen = id !== undefined;
  return (
    <SelectionProvider>
      <div className="flex h-full min-h-0">
        <section
          className={`${isOpen ? 'hidden lg:flex' : 'flex'} h-full w-full min-w-0 flex-col border-line lg:w-(--width-list) lg:shrink-0 lg:border-r`}
        >
          <ConversationList openId={id} />
        </section>
        <section className={`${isOpen ? 'block' : 'hidden lg:block'} h-full min-w-0 flex-1`}>
          {isOpen ? (
            <Outlet />
          ) : (
            <p className="flex h-full items-center justify-center p-8 text-faint">{words.pick}</p>
          )}
        </section>
      </div>
    </SelectionProvider>
  );
}
