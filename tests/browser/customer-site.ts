import { createServer } from 'node:http';

export interface CustomerPage {
  readonly head?: string;
  readonly body?: string;
  /** Attributes of `<html>`. */
  readonly html?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Somebody's website, of another origin than the system's. */
export interface CustomerSite {
  readonly origin: string;
  /** Puts a page up and gives its address. */
  readonly serve: (page: CustomerPage) => string;
  readonly stop: () => Promise<void>;
}

export const startCustomerSite = async (): Promise<CustomerSite> => {
  const pages: CustomerPage[] = [];
  const server = createServer((request, response) => {
    const page = pages[Number(/^\/page-(\d+)$/.exec(request.url ?? '')?.[1])];
    if (page === undefined) response.writeHead(204).end();
    else response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...page.headers }).end(htmlOf(page));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const origin = `http://localhost:${typeof address === 'object' && address !== null ? address.port : 0}`;
  return {
    origin,
    serve: (page) => `${origin}/page-${pages.push(page) - 1}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

const htmlOf = ({ head = '', body = '', html = 'lang="en"' }: CustomerPage): string => `<!doctype html>
<html ${html}>
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Kiln & Clay</title>${head}</head>
<body><main><h1>Kiln &amp; Clay</h1><p>A pottery studio. <a href="#courses">Courses</a> <button>Book</button></p></main>
${body}</body></html>`;
