import type { RequestHandler } from 'express';
import helmet from 'helmet';

/** Headers of answers that are not pages: nothing may load or frame anything from them. */
export const apiHeaders = (isProduction: boolean): RequestHandler =>
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"], baseUri: ["'none'"] },
    },
    strictTransportSecurity: isProduction,
    // A page that was opened from a visitor's site must not tell where from, but our own pages' reads carry a Referer,
    // which stands in for the Origin that same-origin reads do not send.
    referrerPolicy: { policy: 'strict-origin-when-cross-origin' },
  });

/** Headers of our own pages: everything from here, no inline script or style, in nobody's frame. */
export const pageHeaders = (isProduction: boolean): RequestHandler =>
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        manifestSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        objectSrc: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: isProduction,
    referrerPolicy: { policy: 'strict-origin-when-cross-origin' },
    // The widget's script is meant for other sites.
    crossOriginResourcePolicy: { policy: 'cross-origin' },
  });
