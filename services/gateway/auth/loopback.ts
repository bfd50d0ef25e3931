import type { IncomingMessage } from 'node:http';

/**
 * Whether a request comes from this machine to this machine's own name. Both ends are looked at: the Host can be forged
 * from afar, and a near address may be a proxy's, which is why a forwarded request never counts.
 */
export const isLoopbackRequest = (request: IncomingMessage): boolean =>
  isLoopbackAddress(request.socket.remoteAddress) &&
  isLoopbackHost(request.headers.host) &&
  request.headers['x-forwarded-for'] === undefined &&
  request.headers.forwarded === undefined;

const isLoopbackAddress = (address: string | undefined): boolean =>
  address !== undefined && (address === '::1' || /^(::ffff:)?127\./.test(address));

const isLoopbackHost = (host: string | undefined): boolean =>
  host !== undefined && /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i.test(host);
