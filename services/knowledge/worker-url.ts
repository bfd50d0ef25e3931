/** A worker's entry, named from this folder: its file in the build (`dist/`, where this code may lie in any chunk), else its source. */
export const workerUrl = (name: 'extract/extract-worker' | 'search/search-worker'): URL => {
  const here = import.meta.url;
  if (here.endsWith('.ts')) return new URL(`./${name}.ts`, here);
  return new URL(`services/knowledge/${name}.js`, here.slice(0, here.lastIndexOf('/dist/') + '/dist/'.length));
};

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
