/** Name of a provider → what loads its factory; a provider costs nothing until it is asked for. */
const LOADERS = {
  deepgram: async () =>
    (await import('./providers/deepgram/deepgram-provider.ts')).createDeepgramProvider,
  soniox: async () => (await import('./providers/soniox/soniox-provider.ts')).createSonioxProvider,
  speechmatics: async () =>
    (await import('./providers/speechmatics/speechmatics-provider.ts')).createSpeechmaticsProvider,
  websocket: async () =>
    (await import('./providers/websocket/custom-stt-provider.ts')).createCustomSttProvider,
} as const;

export type SttProviderName = keyof typeof LOADERS;

/** The factory of a provider, `(settings) => SttProvider`, with that provider's own settings. */
export type SttProviderFactory<Name extends SttProviderName> = Awaited<
  ReturnType<(typeof LOADERS)[Name]>
>;

export const STT_PROVIDER_NAMES = Object.keys(LOADERS) as readonly SttProviderName[];

/** Loads the named provider's code and answers its factory. */
export async function loadSttProvider<Name extends SttProviderName>(
  name: Name,
): Promise<SttProviderFactory<Name>> {
  return (await LOADERS[name]()) as SttProviderFactory<Name>;
}
