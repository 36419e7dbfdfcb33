/**
 * What a request to a model may use and not every server takes. `json-schema` and `json-object`
 * are forms of `response_format`.
 */
export type Feature =
  | 'tools'
  | 'images'
  | 'stream-options'
  | 'json-schema'
  | 'json-object'
  | 'system-messages';

/** A server may be restarted with other settings: after this long it is tried again. */
const BELIEVED_MS = 6 * 3_600_000;

/**
 * What has been learnt of one model of one server, shared by whoever asks it: a refusal costs one
 * request, not one each time.
 */
export class ModelAbilities {
  readonly #lacks = new Map<Feature, number>();
  /** True if answers begin with thoughts whose opening tag is missing; null if not known yet. */
  opensThoughtsUnseen: boolean | null = null;

  takes(feature: Feature): boolean {
    const since = this.#lacks.get(feature);
    return since === undefined || Date.now() - since > BELIEVED_MS;
  }

  /** The server refuses the feature. */
  lacks(feature: Feature): void {
    this.#lacks.set(feature, Date.now());
  }
}
