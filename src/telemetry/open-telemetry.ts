import type { Telemetry, TelemetryOptions } from './telemetry.ts';

/** Loads the code of OpenTelemetry and opens the way to the collector. A collector that is down is no error. */
export async function openTelemetry(options: TelemetryOptions): Promise<Telemetry> {
  const { OtlpTelemetry } = await import('./otlp-telemetry.ts');
  return new OtlpTelemetry(options);
}
