import { DropdownMenu } from 'radix-ui';
import { type ReactNode, useRef } from 'react';
import { IconButton } from './button.tsx';

/** What can be done: an action, a link to a file, or a line between groups. */
export type MenuItem =
  | { label: string; icon?: ReactNode; act: () => void; isLoss?: boolean; disabled?: boolean }
  | { label: string; icon?: ReactNode; href: string; download: string }
  | 'line';

const ITEM =
  'flex min-h-9 w-full items-center gap-3 rounded px-3 text-sm outline-none data-[disabled]:opacity-50 data-[highlighted]:bg-sunk pointer-coarse:min-h-11';

/** A button that opens a list of what can be done. The focus is back on the button before anything is done. */
export function Menu({
  label,
  icon,
  items,
  className,
}: {
  label: string;
  icon: ReactNode;
  items: readonly MenuItem[];
  className?: string;
}) {
  const chosen = useRef<(() => void) | null>(null);
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger asChild>
        <IconButton label={label} {...(className ? { className } : {})}>
          {icon}
        </IconButton>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          sideOffset={4}
          collisionPadding={8}
          className="z-40 max-h-[70dvh] min-w-52 overflow-y-auto rounded-control border border-line bg-raised p-1"
          onCloseAutoFocus={() => {
            const act = chosen.current;
            chosen.current = null;
            // A dialog that opens now gives the focus back to the button when it closes.
            if (act) setTimeout(act);
          }}
        >
          {items.map((item, index) =>
            item === 'line' ? (
              <DropdownMenu.Separator
                // biome-ignore lint/suspicious/noArrayIndexKey: lines are all alike
                key={index}
                className="my-1 border-t border-line"
              />
            ) : (
              <Item
                key={item.label}
                item={item}
                choose={(act) => {
                  chosen.current = act;
                }}
              />
            ),
          )}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function Item({
  item,
  choose,
}: {
  item: Exclude<MenuItem, 'line'>;
  choose: (act: () => void) => void;
}) {
  if ('href' in item) {
    return (
      <DropdownMenu.Item asChild>
        <a href={item.href} download={item.download} className={ITEM}>
          {item.icon}
          {item.label}
        </a>
      </DropdownMenu.Item>
    );
  }
  return (
    <DropdownMenu.Item
      disabled={item.disabled ?? false}
      onSelect={() => choose(item.act)}
      className={`${ITEM} cursor-default ${item.isLoss ? 'text-loss' : ''}`}
    >
      {item.icon}
      {item.label}
    </DropdownMenu.Item>
  );
}
