import type { Environment } from '../runtime/config.ts';
import type { Running } from '../runtime/platform.ts';

/**
 * Sends spans to `OTEL_EXPORTER_OTLP_ENDPOINT`. Without that setting the SDK is not even loaded: it would be a tenth of
 * the time that a service needs to start.
 */
export const startTelemetry = async (serviceName: string, environment: Environment): Promise<Running> => {
  const endpoint = environment['OTEL_EXPORTER_OTLP_ENDPOINT'];
  if (endpoint === undefined || endpoint === '') return { stop: async () => undefined };
  const { sendSpans } = await import('./send-spans.ts');
  return sendSpans(serviceName, endpoint);
};
