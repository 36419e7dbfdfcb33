import type { Logger } from '../kernel/logger.ts';
import type { ModelMeasurement } from './model-measurement.ts';
import type {
  ConfiguredSttProvider,
  SttPlaces,
  SttProviderDescriptor,
} from './provider-settings.ts';
import { deepgram } from './providers/deepgram/deepgram.settings.ts';
import { local } from './providers/local/local.settings.ts';
import { soniox } from './providers/soniox/soniox.settings.ts';
import { speechmatics } from './providers/speechmatics/speechmatics.settings.ts';
import { websocket } from './providers/websocket/websocket.settings.ts';
import type { SttProvider } from './stt-provider.ts';
import type { FileAudio } from './transcribe-file.ts';

/**
 * The speech providers, in the order in which they are asked by default. To add one, write its
 * `<name>.settings.ts` and list it here; everything else is derived.
 */
export const STT_PROVIDERS: readonly SttProviderDescriptor[] = [
  deepgram,
  soniox,
  speechmatics,
  websocket,
  local,
];

export const STT_PROVIDER_NAMES: readonly string[] = STT_PROVIDERS.map(({ name }) => name);

/** What `STT_SERVICE_MODELS` may name. */
export const STT_SERVICE_NAMES: readonly string[] = STT_PROVIDERS.flatMap(
  ({ serviceNames }) => serviceNames,
);

/** What `STT_SERVICE_MODELS` is if it is not set. */
export const DEFAULT_STT_SERVICE_NAMES: readonly string[] = STT_PROVIDERS.flatMap(
  ({ defaultServiceNames }) => defaultServiceNames,
);

/** The variables of which one has to be set to get speech-to-text: `A, B or C`. */
export const STT_ENABLED_BY: string = listOfAlternatives(
  STT_PROVIDERS.map(({ enabledBy: [usual] }) => usual),
);

/** What an operator does to get speech-to-text, for messages. */
const STT_SET_UP = `download a model with \`omi-backend models pull\`, or set ${STT_ENABLED_BY}`;

/** The same if nothing may leave the machine: the keys of vendors would have no effect. */
const PRIVATE_STT_SET_UP =
  'download a model with `omi-backend models pull`, or set STT_WEBSOCKET_URL to a service on this machine';

/** Returns what an operator does to get speech-to-text. */
export function sttSetUp(isPrivate: boolean): string {
  return isPrivate ? PRIVATE_STT_SET_UP : STT_SET_UP;
}

/** Loads the code of the given providers. Returns them by name. */
export async function loadSttProviders(
  configured: readonly ConfiguredSttProvider[],
  logger: Logger,
  places: SttPlaces,
): Promise<ReadonlyMap<string, SttProvider>> {
  const providers = new Map<string, SttProvider>();
  for (const { name, load } of configured) {
    providers.set(name, await load(logger.child({ subsystem: `stt-${name}` }), places));
  }
  return providers;
}

/**
 * Loads the local model in `folder` as the server would, and measures it on this machine.
 *
 * @param audio PCM; null: noise
 * @throws AppError `invalid-model`, `not-found`, `provider-unavailable`
 */
export async function measureLocalModel(
  folder: string,
  audio: FileAudio | null,
  threads: number,
  signal: AbortSignal,
): Promise<ModelMeasurement> {
  const { measureModel } = await import('./providers/local/measure-model.ts');
  return measureModel(folder, audio, threads, signal);
}

function listOfAlternatives(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} or ${last}`;
}
