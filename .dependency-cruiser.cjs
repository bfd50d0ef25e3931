/** The borders of the house. Each rule names the decision (docs/decisions) it keeps. */
const tests = '\\.(test|fixture)\\.ts$|/(testing|test-support)/|^tests/|^bench/';
const only = (name, comment, target, allowedFrom) => ({
  name,
  severity: 'error',
  comment,
  from: { pathNot: [...allowedFrom, tests] },
  to: { path: target },
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'a file can be read on its own',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      comment: 'what nobody uses goes',
      from: {
        orphan: true,
        pathNot: [
          '\\.d\\.m?ts$',
          '\\.(test|config)\\.ts$',
          'worker\\.ts$',
          '\\.config\\.(js|ts|cjs)$',
          '^web/',
          '^shared/db/generated/',
        ],
      },
      to: {},
    },
    {
      name: 'service-stays-home',
      severity: 'error',
      comment: 'services meet only on the bus (decision 0002)',
      from: { path: '^services/([^/]+)/', pathNot: tests },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'shared-knows-no-service',
      severity: 'error',
      comment: 'shared is below the services (decision 0002)',
      from: { path: '^shared/', pathNot: tests },
      to: { path: '^(services|web|infra|bench|tests)/' },
    },
    {
      name: 'services-know-no-infra',
      severity: 'error',
      comment: 'services speak the outside contract, they do not know what stands behind it (decision 0006)',
      from: { path: '^services/', pathNot: tests },
      to: { path: '^(infra|web|bench|tests)/' },
    },
    {
      name: 'web-knows-nobody',
      severity: 'error',
      comment: 'the browser side talks HTTP and imports nothing of the server',
      from: { path: '^web/', pathNot: tests },
      to: { path: '^(services|infra|shared)/' },
    },
    {
      name: 'domain-is-pure',
      severity: 'error',
      comment: 'rules run without I/O (decision 0003)',
      from: { path: '^services/[^/]+/domain(\\.ts$|/)', pathNot: tests },
      to: {
        path: '.',
        pathNot: ['/domain(\\.ts$|/)', '^shared/(contracts|errors|retrieval)/', 'node_modules/(zod|tldts|cheerio)/'],
      },
    },
    only('nats-behind-the-bus', 'the bus is a port (decision 0002)', 'node_modules/@nats-io', ['^shared/(bus|blobs)/']),
    only('got-behind-http', 'every outside call is bounded in one place', 'node_modules/got/', ['^shared/http/']),
    only(
      'prisma-behind-stores',
      'each table has one owner (decision 0004)',
      '^shared/db/generated/|node_modules/@prisma/',
      ['^services/[^/]+/store(\\.ts$|/)', '^shared/(db|outbox|telemetry)/', '^infra/migrat'],
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^dist/', '^shared/db/generated/internal'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default'] },
  },
};
