import { runEval } from './eval/run-eval.ts';
import { runMemory } from './eval/memory/run-memory.ts';
import { EvalError } from './eval/eval-error.ts';

// `npm run eval:retrieval`, `npm run eval:answerable` and `npm run eval:memory`: one JSON line; 2 when the request or its files are not understood.
try {
  const parameters = process.argv.slice(2);
  const figures = parameters[0] === 'memory' ? runMemory(parameters.slice(1)) : runEval(parameters);
  console.log(JSON.stringify(await figures));
} catch (error) {
  console.error(error instanceof EvalError ? error.message : error);
  process.exitCode = error instanceof EvalError ? 2 : 1;
}
