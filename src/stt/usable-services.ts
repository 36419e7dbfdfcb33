import type { SttProvider } from './stt-provider.ts';
import type { SttService } from './stt-service.ts';

/**
 * The services that can be asked now, in order.
 *
 * @param services as the operator wants them asked
 * @param providers by name; services of others are left out
 * @param isRecorded the audio is complete already
 */
export function usableServices(
  services: readonly SttService[],
  providers: ReadonlyMap<string, SttProvider>,
  isRecorded: boolean,
): SttService[] {
  return services.flatMap((service) => {
    const provider = providers.get(service.provider);
    if (provider === undefined) return [];
    return provider.usableServices?.(service, isRecorded) ?? [service];
  });
}
