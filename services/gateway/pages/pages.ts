import express, { Router, type Request, type Response } from 'express';
import { existsSync } from 'node:fs';
import { extname, join } from 'node:path';
import { Failure } from '../../../shared/errors/failure.ts';
import type { GatewayConfig } from '../config.ts';
import { contextOf } from '../http/exchange.ts';
import { errorsPage } from './errors-page.ts';
import { pageHeaders } from './page-headers.ts';

const pages = [
  ['/', 'index.html'],
  ['/docs', 'docs.html'],
  ['/knowledge-upload-demo', 'knowledge_upload_demo.html'],
] as const;

/** The pages and files that were built into `webRoot`, and the page that problem types point to. */
export const createPages = ({ webRoot, isDevelopment }: GatewayConfig): Router => {
  const router = Router({ caseSensitive: true });
  const headers = pageHeaders(!isDevelopment);
  for (const [path, file] of pages) {
    router.get(path, headers, (request, response, next) => {
      contextOf(request).route = path;
      response.setHeader('Cache-Control', 'no-cache');
      response.sendFile(file, { root: webRoot, cacheControl: false }, (thrown?: Error) => {
        if (thrown === undefined || response.headersSent) return;
        next(new Failure('not_found', { detail: 'The pages are not built: npm run build', cause: thrown }));
      });
    });
  }
  router.get('/docs/errors', headers, (request, response) => {
    contextOf(request).route = '/docs/errors';
    response.setHeader('Cache-Control', 'no-cache');
    response.type('html').send(errorsPage());
  });
  router.use('/static', headers, markStatic, precompressed(webRoot), express.static(webRoot, staticOptions));
  return router;
};

const markStatic = (request: Request, response: Response, next: () => void): void => {
  contextOf(request).route = '/static';
  // Files without secrets: an integrity check on another site's script tag needs CORS.
  response.setHeader('Access-Control-Allow-Origin', '*');
  next();
};

const encodings = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const;

/** Serves `file.br` or `file.gz` for `file` where the build left one and the client takes it. */
const precompressed =
  (webRoot: string) =>
  (request: Request, response: Response, next: () => void): void => {
    const { path } = request;
    const type = extname(path);
    // Only plain names are looked at here; all others go to the static handler, which refuses what leaves the folder.
    if (!/^(\/[\w-][\w.-]*)+$/.test(path) || type === '') {
      next();
      return;
    }
    response.setHeader('Vary', 'Accept-Encoding, Origin');
    const accepted = request.headers['accept-encoding'] ?? '';
    const found = encodings.find(
      ([name, suffix]) => accepted.includes(name) && existsSync(join(webRoot, path + suffix)),
    );
    if (found !== undefined) {
      const [encoding, suffix] = found;
      request.url = request.url.replace(path, path + suffix);
      response.setHeader('Content-Encoding', encoding);
      response.type(type);
    }
    next();
  };

const hashed = /-[A-Z0-9]{8}\.[a-z0-9]+$/;

const staticOptions = {
  index: false,
  redirect: false,
  dotfiles: 'ignore',
  cacheControl: false,
  setHeaders: (response: { setHeader: (name: string, value: string) => unknown }, path: string): void => {
    const name = path.replace(/\.(br|gz)$/, '');
    const rule = hashed.test(name)
      ? 'public, max-age=31536000, immutable'
      : name.endsWith('.html')
        ? 'no-cache'
        : 'public, max-age=300';
    response.setHeader('Cache-Control', rule);
  },
} as const;
