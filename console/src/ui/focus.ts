const CONTROLS = ':is(button, a, input, select):not(:disabled)';
/** Not a text field, in which the keys of the screen would write. */
const KEYS_WORK = ':is(button, a, select, input[type=checkbox]):not(:disabled)';

/**
 * Moves the focus out of a row that is about to go: to the same control of the next row, or of the one
 * before, or to the heading of the screen. Without it the keyboard would begin again at the page's top.
 */
export function focusNeighbour(from: Element | null): void {
  const row = from?.closest('li');
  if (!row) return;
  const other = rowBeside(row);
  const same = from?.matches(CONTROLS)
    ? other?.querySelector<HTMLElement>(sameControl(from))
    : null;
  const target =
    same ??
    other?.querySelector<HTMLElement>(KEYS_WORK) ??
    other?.querySelector<HTMLElement>(CONTROLS);
  if (target) target.focus();
  else focusHeading(row);
}

/** Moves the focus to the heading of the screen that an element stands in. */
export function focusHeading(from: Element | null): void {
  const heading = (from?.closest('main') ?? document).querySelector<HTMLElement>('h1');
  if (!heading) return;
  const field = heading.querySelector<HTMLElement>('textarea');
  if (field) {
    field.focus();
    return;
  }
  heading.tabIndex = -1;
  heading.focus();
}

function rowBeside(row: Element): Element | null {
  // A heading between rows has nothing to go on with.
  const isRow = (other: Element) =>
    !row.contains(other) && !other.contains(row) && other.querySelector(CONTROLS) !== null;
  const rows = [...(row.closest('main')?.querySelectorAll('li') ?? [])].filter(
    (other) => other === row || isRow(other),
  );
  const index = rows.indexOf(row as HTMLLIElement);
  const own = row.parentElement;
  const beside = [rows[index + 1], rows[index - 1]];
  // A row of the same list first.
  return (
    beside.find((other) => other !== undefined && other.parentElement === own) ??
    beside.find((other) => other !== undefined) ??
    null
  );
}

/** What finds the control of another row that does the same: its name, or what kind of field it is. */
function sameControl(from: Element): string {
  const name = from.getAttribute('data-action');
  if (name !== null) return `[data-action="${CSS.escape(name)}"]`;
  const type = from.getAttribute('type');
  return type === null ? from.localName : `${from.localName}[type="${CSS.escape(type)}"]`;
}
