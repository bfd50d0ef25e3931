import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { PrismaInstrumentation } from '@prisma/instrumentation';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { Environment } from '../runtime/config.ts';
import type { Running } from '../runtime/platform.ts';

const notTracing: Running = { stop: async () => undefined };

/**
 * Sends spans to `OTEL_EXPORTER_OTLP_ENDPOINT` (OTLP over HTTP); without that setting nothing is loaded into the path of
 * a request. Sampling is `OTEL_TRACES_SAMPLER`'s, read by the SDK itself.
 */
export const startTelemetry = (serviceName: string, environment: Environment): Running => {
  const endpoint = environment['OTEL_EXPORTER_OTLP_ENDPOINT'];
  if (endpoint === undefined || endpoint === '') return notTracing;
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': `parley-${serviceName}` }),
    spanProcessors: [
      new BatchSpanProcessor(new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` })),
    ],
  });
  provider.register();
  registerInstrumentations({ tracerProvider: provider, instrumentations: [new PrismaInstrumentation()] });
  return { stop: () => provider.shutdown() };
};
