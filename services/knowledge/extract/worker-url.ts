/** `extract-worker` beside this code: the bundle's file in a build, the source when TypeScript runs as it is. */
export const extractWorkerUrl = (): URL =>
  new URL(import.meta.url.endsWith('.ts') ? './extract-worker.ts' : './extract-worker.js', import.meta.url);

interface WorkerSource {
  readonly entry: URL | string;
  /** True when `entry` is code rather than a file. */
  readonly isCode: boolean;
}

/**
 * How to start an entry. Node 20 cannot load TypeScript in a worker, and `--import tsx` has no effect there, so a
 * source file is started by a line of code that registers tsx first. Development and tests only, from the root of the
 * repository: code without a file finds packages from the working directory.
 */
export const workerSource = (url: URL): WorkerSource => {
  if (!url.pathname.endsWith('.ts')) return { entry: url, isCode: false };
  const entry = `import('tsx/esm/api').then((tsx) => { tsx.register(); return import(${JSON.stringify(url.href)}); })`;
  return { entry, isCode: true };
};
