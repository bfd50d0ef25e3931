import { runEval } from './eval/run-eval.ts';
import { EvalError } from './eval/eval-error.ts';

// `npm run eval:retrieval` and `npm run eval:answerable`: one JSON line; 2 when the request or its files are not understood.
try {
  console.log(JSON.stringify(await runEval(process.argv.slice(2))));
} catch (error) {
  console.error(error instanceof EvalError ? error.message : error);
  process.exitCode = error instanceof EvalError ? 2 : 1;
}
