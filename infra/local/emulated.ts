import type { LocalSettings } from './settings.ts';

/** Whether the settings name no real cloud. */
export const isGradientEmulated = ({ DIGITALOCEAN_TOKEN, GRADIENT_BASE_URL }: LocalSettings): boolean =>
  DIGITALOCEAN_TOKEN === undefined && GRADIENT_BASE_URL === undefined;

/** Whether the settings name no real Memori. */
export const isMemoriEmulated = ({ MEMORI_BASE_URL }: LocalSettings): boolean => MEMORI_BASE_URL === undefined;
