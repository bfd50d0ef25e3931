import { build } from 'esbuild';
import { copyFile, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const here = import.meta.dirname;
const target = ['es2022', 'chrome111', 'firefox114', 'safari16.4'];

/** Page name in the output, and its folder here. Each folder holds page.html, page.css and perhaps main.ts. */
const pages = {
  index: 'home',
  demo: 'demo',
  knowledge_upload_demo: 'upload',
  docs: 'docs',
};

/**
 * Writes everything that the gateway serves under /static/ to `outdir`: widget.js, the pages, and their scripts and
 * styles under assets/, each script and style also as .br and .gz. Pages name their files by absolute path and hold no
 * inline script or style.
 */
export const buildWeb = async ({ outdir, minify = true }) => {
  await rm(outdir, { recursive: true, force: true });
  await mkdir(join(outdir, 'assets'), { recursive: true });
  await Promise.all([buildWidget({ outdir, minify }), buildPages({ outdir, minify }), copyPages(outdir)]);
  await compressFiles(outdir);
};

const buildWidget = ({ outdir, minify }) =>
  build({
    entryPoints: [join(here, 'widget/main.ts')],
    outfile: join(outdir, 'widget.js'),
    bundle: true,
    format: 'iife',
    target,
    minify,
    charset: 'utf8',
    legalComments: 'none',
    plugins: [styleText(minify)],
  });

const buildPages = ({ outdir, minify }) =>
  build({
    entryPoints: [
      ...Object.entries(pages).flatMap(([name, folder]) => [
        { in: join(here, folder, 'main.ts'), out: name },
        { in: join(here, folder, 'page.css'), out: name },
      ]),
    ],
    outdir: join(outdir, 'assets'),
    bundle: true,
    format: 'esm',
    target,
    minify,
    charset: 'utf8',
    legalComments: 'none',
  });

const copyPages = async (outdir) => {
  for (const [name, folder] of Object.entries(pages)) {
    await copyFile(join(here, folder, 'page.html'), join(outdir, `${name}.html`));
  }
  await copyFile(join(here, 'pages/favicon.svg'), join(outdir, 'favicon.svg'));
};

const compressFiles = async (outdir) => {
  const names = await readdir(outdir, { recursive: true });
  await Promise.all(
    names.filter((name) => /\.(js|css|svg)$/.test(name)).map((name) => compressFile(join(outdir, name))),
  );
};

const compressFile = async (file) => {
  const bytes = await readFile(file);
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
  await writeFile(`${file}.br`, await promisify(brotliCompress)(bytes, quality));
  await writeFile(`${file}.gz`, await promisify(gzip)(bytes, { level: 9 }));
};

/** The widget carries its stylesheet as text, since it may not ask the page for a second file. */
const styleText = (minify) => ({
  name: 'style-text',
  setup: ({ onLoad }) => {
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { outputFiles } = await build({
        entryPoints: [path],
        bundle: true,
        write: false,
        target,
        minify,
        legalComments: 'none',
      });
      return { contents: outputFiles[0].text, loader: 'text' };
    });
  },
});
