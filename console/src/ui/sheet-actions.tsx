import { useStrings } from '../i18n/strings.ts';
import { Button } from './button.tsx';

/** The end of a sheet that asks: why it failed, and the buttons that leave it and do it. */
export function SheetActions({
  failure,
  label,
  disabled,
  act,
  close,
}: {
  /** Null: nothing has failed. */
  failure: string | null;
  label: string;
  disabled: boolean;
  act: () => void;
  close: () => void;
}) {
  const { state } = useStrings();
  return (
    <>
      {failure !== null && (
        <p role="alert" className="text-sm text-loss">
          {failure}
        </p>
      )}
      <div className="flex justify-end gap-2">
        <Button look="quiet" onClick={close}>
          {state.cancel}
        </Button>
        <Button look="primary" disabled={disabled} onClick={act}>
          {label}
        </Button>
      </div>
    </>
  );
}
