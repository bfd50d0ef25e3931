import { parentPort, workerData } from 'node:worker_threads';
import { createIndexShelf } from './index-shelf.ts';
import { searchRequest, searchSetup, type SearchOutcome, type SearchTask } from './search-task.ts';

// Entry of the thread that keeps and searches the indexes; `createSearcher` bounds its heap and its time.
const shelf = createIndexShelf(searchSetup.parse(workerData).chunksMax);

const run = async (task: SearchTask): Promise<SearchOutcome> => {
  if (task.kind === 'build') {
    await shelf.build(task, task.documents);
    return { kind: 'built' };
  }
  const passages = shelf.search(task, task.question);
  return passages === undefined ? { kind: 'missing' } : { kind: 'found', passages: [...passages] };
};

parentPort?.on('message', (message: unknown) => {
  const { id, task } = searchRequest.parse(message);
  void run(task)
    .catch((thrown: unknown): SearchOutcome => ({ kind: 'failed', reason: String(thrown) }))
    .then((outcome) => parentPort?.postMessage({ id, outcome }));
});
