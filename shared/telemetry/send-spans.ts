import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { PrismaInstrumentation } from '@prisma/instrumentation';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { Running } from '../runtime/platform.ts';

/** Sends the spans of this process to `endpoint` (OTLP over HTTP), sampled as `OTEL_TRACES_SAMPLER` says. */
export const sendSpans = (serviceName: string, endpoint: string): Running => {
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
