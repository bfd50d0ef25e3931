import { deleteOrphanAnswer, listOrphansAnswer } from '../../../shared/contracts/http/orphans.ts';
import { AdminError, type Command, type CommandGroup } from '../command.ts';
import { columns } from '../table.ts';

const list: Command = {
  name: 'list',
  usage: '',
  summary: 'what was found more than an hour ago',
  run: async (client) => {
    const { orphans, unavailable } = await client.send('GET', '/orphans', listOrphansAnswer);
    const rows = orphans.map(({ kind, uuid, name, found_at }) => [kind, uuid, name, found_at]);
    const shown = rows.length === 0 ? 'No orphans.' : columns([['KIND', 'UUID', 'NAME', 'FOUND'], ...rows]);
    const missing = unavailable.length === 0 ? [] : [`Did not answer: ${unavailable.join(', ')}. Theirs are missing.`];
    return { text: [shown, ...missing].join('\n'), json: orphans, isDone: unavailable.length === 0 };
  },
};

const remove: Command = {
  name: 'delete',
  usage: '<kind> <uuid>',
  summary: "deletes one from the cloud, after another look whether it is nobody's",
  run: async (client, { words }) => {
    const [kind, uuid] = words;
    if (kind === undefined || uuid === undefined || words.length > 2) {
      throw new AdminError('Give a kind and a uuid: orphans delete <kind> <uuid>', { isUsage: true });
    }
    const path = `/orphans/${encodeURIComponent(kind)}/${encodeURIComponent(uuid)}`;
    const deleted = await client.send('DELETE', path, deleteOrphanAnswer);
    return { text: `${deleted.kind} ${deleted.uuid} deleted.`, json: deleted, isDone: true };
  },
};

/** Things of ours in the cloud that belong to nobody here. */
export const orphans: CommandGroup = {
  name: 'orphans',
  summary: 'things of ours in the cloud that belong to nobody here',
  commands: [list, remove],
};
