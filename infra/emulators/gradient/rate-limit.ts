import type { RequestHandler } from 'express';
import { refuse } from './answers.ts';
import type { Platform } from './platform.ts';

const hourMs = 3_600_000;
const minuteMs = 60_000;
const tokensMax = 1000;

/**
 * Counts each token's requests over a sliding hour and minute and tells them in the platform's headers. `retry-after` is
 * sent only when the minute's limit was hit, as the platform does.
 */
export const createRateLimit = (platform: Platform): RequestHandler => {
  const byToken = new Map<string, number[]>();
  return (request, response, next) => {
    const settings = platform.settings();
    const now = Date.now();
    const token = request.get('authorization') ?? '';
    const hour = (byToken.get(token) ?? []).filter((at) => at > now - hourMs).slice(-settings.rate_limit_per_hour);
    const minute = hour.filter((at) => at > now - minuteMs);
    const isOver = hour.length >= settings.rate_limit_per_hour;
    const isBurst = minute.length >= settings.rate_limit_per_minute;
    const isRefused = settings.rate_limit_enforced && (isOver || isBurst);
    if (!isRefused) hour.push(now);
    if (byToken.size >= tokensMax) byToken.clear();
    byToken.set(token, hour);
    const reset = Math.ceil(((hour[0] ?? now) + hourMs) / 1000);
    response.setHeader('ratelimit-limit', settings.rate_limit_per_hour);
    response.setHeader('ratelimit-remaining', Math.max(0, settings.rate_limit_per_hour - hour.length));
    response.setHeader('ratelimit-reset', reset);
    if (!isRefused) {
      next();
      return;
    }
    if (isBurst) response.setHeader('retry-after', Math.ceil(((minute[0] ?? now) + minuteMs - now) / 1000));
    refuse(response, 429);
  };
};
