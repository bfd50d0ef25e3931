/** The site of a start address, and how to tell its pages. */
export interface Site {
  /** The start address in normal form. */
  readonly start: string;
  /** True for pages of the same host, of its `www.` twin and of hosts below it; the port has to be the same. */
  readonly owns: (url: string) => boolean;
}

export const siteOf = (startUrl: string): Site => {
  const start = new URL(startUrl);
  const host = bareHost(start);
  const port = portOf(start);
  return {
    start: normaliseUrl(startUrl),
    owns: (text) => {
      if (!URL.canParse(text)) return false;
      const url = new URL(text);
      const other = bareHost(url);
      return isWeb(url) && portOf(url) === port && (other === host || other.endsWith(`.${host}`));
    },
  };
};

const bareHost = (url: URL): string => url.hostname.replace(/\.$/, '').replace(/^www\./, '');

// http and https on their own ports are one site.
const portOf = (url: URL): string => (['', '80', '443'].includes(url.port) ? '' : url.port);

const isWeb = (url: URL): boolean => url.protocol === 'http:' || url.protocol === 'https:';

// What campaigns append; the page is the same.
const trackingParameters = /^(?:utm_\w+|gclid|dclid|fbclid|msclkid|mc_[ce]id|igshid|_ga|yclid)$/i;

/** One spelling per page: no fragment, no tracking parameters, no empty query. Throws TypeError for no URL. */
export const normaliseUrl = (text: string): string => {
  const url = new URL(text);
  url.hash = '';
  const tracking = [...url.searchParams.keys()].filter((key) => trackingParameters.test(key));
  for (const key of tracking) url.searchParams.delete(key);
  if (url.search === '') url.search = '';
  return url.href;
};

/** What two addresses share that differ only in http or https, `www.` or a closing slash: the same page on any sane site. */
export const pageKey = (text: string): string => {
  const url = new URL(text);
  return `${bareHost(url)}:${portOf(url)}${url.pathname.replace(/\/$/, '')}${url.search}`;
};

const otherFiles =
  /\.(?:pdf|docx?|xlsx?|pptx?|od[tsp]|zip|gz|tgz|bz2|xz|7z|rar|tar|exe|dmg|msi|apk|iso|png|jpe?g|gif|webp|avif|svg|ico|bmp|tiff?|mp[34]|m4[av]|wav|ogg|webm|avi|mov|mkv|css|js|mjs|json|xml|rss|atom|txt|csv|woff2?|ttf|eot)$/i;

/** The extension of an address that by its name is no page, such as `.zip`; undefined when it may be one. */
export const otherFileOf = (url: string): string | undefined =>
  otherFiles.exec(new URL(url).pathname)?.[0].toLowerCase();
