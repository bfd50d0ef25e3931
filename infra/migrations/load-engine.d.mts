import type { SchemaEngine } from '@prisma/schema-engine-wasm/schema_engine_bg';

export declare const loadEngine: () => Promise<typeof SchemaEngine>;
