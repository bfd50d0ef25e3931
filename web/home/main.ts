import { byId } from '../pages/dom.ts';

/** A word in the corner on whether this server can serve. */
const showHealth = async (): Promise<void> => {
  const chip = byId('health', HTMLElement);
  const response = await fetch('/health/ready', { signal: AbortSignal.timeout(5000) }).catch(() => undefined);
  chip.className = response?.ok === true ? 'chip good' : 'chip busy';
  chip.textContent = response?.ok === true ? 'Ready' : 'Starting';
  chip.hidden = false;
};

void showHealth();
