import { languagesByName } from '../../../local-models/model-languages.ts';
import type { ModelLibrary } from '../../../local-models/model-library.ts';
import type { SttService } from '../../stt-service.ts';
import { LOCAL_SERVICE, recognises, servedLanguages } from './local-languages.ts';

export interface LocalModelChoice {
  /** Catalogue id or folder of the model for live speech; null: whatever was downloaded. */
  model: string | null;
  /** The same for audio that is complete already; null: as for live speech. */
  fileModel: string | null;
  /** Languages of the user's own model; null: taken from its name. */
  languages: readonly string[] | null;
}

/**
 * What a local service can be now, in order of preference: the model that was chosen, then every
 * downloaded one. A model for whole pieces of speech is the first choice for audio that is complete
 * and the last for live speech.
 *
 * @param isRecorded the audio is complete already
 */
export function localServices(
  service: SttService,
  { model, fileModel, languages }: LocalModelChoice,
  library: ModelLibrary,
  isRecorded: boolean,
): SttService[] {
  if (service.name !== LOCAL_SERVICE) return [service];
  const chosen = isRecorded ? [fileModel, model] : [model];
  const own = chosen
    .filter((name) => name !== null)
    .map((name) => ({
      ...service,
      model: name,
      languages: servedLanguages(languages ?? languagesByName(name)),
    }));
  const preferred = isRecorded ? 'file-speech' : 'streaming-speech';
  const pulled = library
    .pulled()
    .map((found) => found.model)
    .filter(recognises)
    .sort((a, b) => Number(b.task === preferred) - Number(a.task === preferred))
    .map((found) => ({
      ...service,
      model: found.id,
      languages: servedLanguages(found.languages),
    }));
  return [...own, ...pulled];
}
