import { parentPort, workerData } from 'node:worker_threads';
import { extractTask, runExtractTask, type WorkerMessage } from './extract-task.ts';

// Entry of the thread that reads one document and ends; `createExtractor` bounds its heap and its time.
const tell = (message: WorkerMessage): void => parentPort?.postMessage(message);

tell({ kind: 'started' });
tell(await runExtractTask(extractTask.parse(workerData)));
