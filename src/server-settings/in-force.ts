import { AppError, isAppError } from '../kernel/errors.ts';
import type { Secret } from '../kernel/secret.ts';
import type { ServerSettingsDocument, ServiceCheck } from '../model/server-settings.ts';
import type { ConfiguredSttProvider } from '../stt/provider-settings.ts';
import type { SttService } from '../stt/stt-service.ts';
import type { StoredSettings } from './stored-settings.ts';

/** What the settings decide about. */
export interface InForce {
  config: {
    isPrivate: boolean;
    encryption: boolean;
    sttProviders: readonly ConfiguredSttProvider[];
    sttServices: readonly SttService[];
    openai: { baseUrl: string; models: { medium: string } } | null;
  };
  secrets: { openaiApiKey: Secret | null };
}

/** What the environment sets, and the console therefore cannot. */
export interface EnvironmentOwners {
  /** The variable that sets the language model; null: the environment does not. */
  languageModel: string | null;
  /** The variable that sets the order of the speech services; null: the environment does not. */
  speechOrder: string | null;
  /** Returns true if the environment sets the variable. */
  sets(variable: string): boolean;
}

/** A key, without the key. */
export interface KeyState {
  /** The variable of the environment that stands for it. */
  variable: string;
  setBy: 'environment' | 'console' | null;
  /** Its last four characters; null if it is not stored here, or too short for that. */
  lastFour: string | null;
  setAt: number | null;
  check: ServiceCheck | null;
}

/** The stored settings with what is in force. */
export type StoredInForce = Pick<
  StoredSettings<InForce>,
  'current' | 'stored' | 'problem' | 'preview' | 'update'
>;

/** A key shorter than this would be given away by its end. */
const MIN_LENGTH_WITH_END = 12;

/** Returns the last four characters of a key; null if there is none, or if it is short. */
export function lastFourOf(key: string | undefined): string | null {
  return key === undefined || key.length < MIN_LENGTH_WITH_END ? null : key.slice(-4);
}

/** Returns what would be in force. @throws AppError `bad-request` if a value is not allowed */
export function previewOf(stored: StoredInForce, settings: ServerSettingsDocument): InForce {
  try {
    return stored.preview(settings);
  } catch (error) {
    if (!isAppError(error, 'invalid-configuration')) throw error;
    throw new AppError('bad-request', error.message);
  }
}

/** @throws AppError `bad-request` if the environment sets it */
export function refuseIfSet(variable: string | null): void {
  if (variable === null) return;
  throw new AppError('bad-request', `This is set by ${variable}; change it there.`);
}

/** Returns a record without some of its names. */
export function without<T>(
  record: Readonly<Record<string, T>>,
  ...names: readonly string[]
): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)));
}
