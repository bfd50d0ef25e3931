import { repliesOf } from '../../shared/bus/jetstream/inbox.ts';
import { createNames, streamKinds } from '../../shared/bus/jetstream/names.ts';
import { questionAnswered } from '../../shared/contracts/chat.ts';
import { kbIndexed, kbRetired } from '../../shared/contracts/knowledge.ts';
import { owners, type Durable, type Owner } from '../../shared/contracts/message.ts';
import {
  advanceDomain,
  domainRegistered,
  domainRemoved,
  kbAttached,
  kbDetached,
  kbRefused,
} from '../../shared/contracts/provisioning.ts';

/** What one service does on the bus. */
export interface Role {
  /** Whom it asks. */
  readonly asks: readonly Owner[];
  readonly consumes: readonly Durable[];
  /** Follows events as they happen, by consumers of passing names. */
  readonly watches: boolean;
  /** Hands uploads on, or takes them. */
  readonly uploads: boolean;
}

/** The whole of what each service may do; `tests/architecture/bus-roles.test.ts` holds it equal to the services' code. */
export const roles: Readonly<Record<Owner, Role>> = {
  gateway: { asks: ['provisioning', 'knowledge', 'chat', 'memory'], consumes: [], watches: true, uploads: true },
  provisioning: { asks: [], consumes: [advanceDomain, kbIndexed, kbRetired], watches: false, uploads: false },
  knowledge: {
    asks: [],
    consumes: [domainRegistered, kbAttached, kbRefused, kbDetached, domainRemoved],
    watches: false,
    uploads: true,
  },
  chat: { asks: ['provisioning', 'knowledge', 'memory'], consumes: [domainRemoved], watches: true, uploads: false },
  memory: { asks: [], consumes: [questionAnswered, domainRemoved], watches: false, uploads: false },
};

const names = createNames();
const uploads = 'OBJ_uploads';
const streams = [...streamKinds.map((kind) => names.stream(kind)), uploads];

/** The variable in which the server finds a user's public key. */
export const publicKeyName = (user: string): string => `NATS_NKEY_${user.toUpperCase()}`;
/** The setting in which that user's secret is handed over, where several are in one place. */
export const seedName = (user: string): string => `NATS_NKEY_SEED_${user.toUpperCase()}`;

/** `users.conf`: one user for each service and one for the topology, with the subjects each needs and no other. */
export const renderUsers = (): string =>
  [
    '# Written by `npm run docs` from infra/nats/users.ts; a test holds the two equal.',
    '# The public half of each nkey comes from the environment; the server does not start without them.',
    '',
    'authorization {',
    '  timeout: 2',
    '  users = [',
    ...owners.flatMap(renderService),
    ...renderUser('topology', {
      publish: streams.flatMap((stream) =>
        ['INFO', 'CREATE', 'UPDATE'].map((verb) => `$JS.API.STREAM.${verb}.${stream}`),
      ),
      deny: [],
      subscribe: ['_INBOX_topology.>'],
    }),
    '  ]',
    '}',
    '',
  ].join('\n');

interface Rights {
  readonly publish: readonly string[];
  readonly deny: readonly string[];
  readonly subscribe: readonly string[];
}

const renderService = (owner: Owner): readonly string[] => {
  const { asks, watches, uploads: hasUploads } = roles[owner];
  return renderUser(owner, {
    publish: [
      ...asks.map((other) => `rpc.${other}.>`),
      'ctl.stream.cancel.*',
      `cmd.${owner}.>`,
      `evt.${owner}.>`,
      ...askersOf(owner).map((asker) => `${repliesOf(asker, owner)}.>`),
      '$JS.API.INFO',
      // Made by whoever finds them missing; changed by the topology user alone.
      ...streams.flatMap((stream) => [`$JS.API.STREAM.INFO.${stream}`, `$JS.API.STREAM.CREATE.${stream}`]),
      ...durablesOf(owner).flatMap(consuming),
      ...(watches ? watching : []),
      ...(hasUploads ? passingUploads : []),
    ],
    // A passing name may be any, but not that of somebody's durable.
    deny: watches ? owners.flatMap(durablesOf).flatMap((durable) => takingOver(durable, owner)) : [],
    subscribe: [`_INBOX_${owner}.>`, `rpc.${owner}.>`, 'ctl.stream.cancel.*'],
  });
};

// Written out: under `allow_responses` the server remembers every message that could be answered until its time is over,
// and 2.9 looks through all of them at each message once there are 4,096.
const askersOf = (owner: Owner): readonly Owner[] => owners.filter((asker) => roles[asker].asks.includes(owner));

interface OwnedDurable {
  readonly owner: Owner;
  readonly stream: string;
  readonly name: string;
  readonly filter: string;
}

const durablesOf = (owner: Owner): readonly OwnedDurable[] =>
  roles[owner].consumes.map((contract) => ({
    owner,
    stream: names.streamOf(contract),
    name: names.durable(owner, contract),
    filter: names.filter(contract),
  }));

const consuming = ({ stream, name, filter }: OwnedDurable): readonly string[] => [
  `$JS.API.CONSUMER.CREATE.${stream}.${name}.${filter}`,
  `$JS.API.CONSUMER.INFO.${stream}.${name}`,
  `$JS.API.CONSUMER.MSG.NEXT.${stream}.${name}`,
  `$JS.ACK.${stream}.${name}.>`,
];

const watching: readonly string[] = [
  '$JS.API.CONSUMER.CREATE.EVT.*.evt.>',
  '$JS.API.CONSUMER.INFO.EVT.*',
  '$JS.API.CONSUMER.MSG.NEXT.EVT.*',
  '$JS.API.CONSUMER.DELETE.EVT.*',
];

const takingOver = (durable: OwnedDurable, by: Owner): readonly string[] => [
  ...(durable.owner === by
    ? []
    : [
        `$JS.API.CONSUMER.CREATE.${durable.stream}.${durable.name}.>`,
        `$JS.API.CONSUMER.MSG.NEXT.${durable.stream}.${durable.name}`,
      ]),
  `$JS.API.CONSUMER.DELETE.${durable.stream}.${durable.name}`,
];

const passingUploads: readonly string[] = [
  '$O.uploads.>',
  `$JS.API.STREAM.PURGE.${uploads}`,
  `$JS.API.STREAM.MSG.GET.${uploads}`,
  `$JS.API.DIRECT.GET.${uploads}.>`,
  `$JS.API.CONSUMER.CREATE.${uploads}.>`,
  `$JS.API.CONSUMER.INFO.${uploads}.*`,
  `$JS.API.CONSUMER.DELETE.${uploads}.*`,
  '$JS.FC.>',
];

const renderUser = (user: string, { publish, deny, subscribe }: Rights): readonly string[] => [
  `    # ${user}`,
  '    {',
  `      nkey: $${publicKeyName(user)}`,
  '      permissions {',
  '        publish: {',
  ...list('allow', publish),
  ...(deny.length === 0 ? [] : list('deny', deny)),
  '        }',
  '        subscribe: {',
  ...list('allow', subscribe),
  '        }',
  '      }',
  '    }',
];

const list = (word: string, subjects: readonly string[]): readonly string[] => [
  `          ${word}: [`,
  ...subjects.map((subject) => `            "${subject}"`),
  '          ]',
];
