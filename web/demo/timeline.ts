import { drawing, make } from '../pages/dom.ts';
import { describeEvent, type HouseEvent } from './describe-event.ts';
import type { ServiceName } from './service-names.ts';
import { faces } from './services.ts';

const rowsMax = 200;
/** Events older than this when they arrive are history: they are listed, but light nothing up. */
const freshMs = 20_000;
const stepMs = 240;

const alarm = 'M12 7v6M12 16.5v.5M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z';

export interface TimelineOptions {
  readonly list: HTMLElement;
  readonly quiet: HTMLElement;
  readonly light: (name: ServiceName) => void;
}

/** Shows events as sentences, the newest on top, and lights the services that were at work one after another. */
export const createTimeline = ({ list, quiet, light }: TimelineOptions): ((event: HouseEvent) => void) => {
  const seen = new Set<string>();
  const rows = new Map<string, HTMLElement>();
  return (event) => {
    if (seen.has(event.id)) return;
    seen.add(event.id);
    const { text, services, mood, subject } = describeEvent(event);
    quiet.hidden = true;
    if (subject !== undefined) rows.get(subject)?.remove();
    const row = make(
      'li',
      { class: mood },
      drawing(mood === 'bad' ? alarm : faces[services.at(-1) ?? 'gateway'].path),
      make('p', {}, text, make('code', {}, event.name)),
      clockOf(event.occurredAt),
    );
    if (subject !== undefined) rows.set(subject, row);
    list.prepend(row);
    while (list.children.length > rowsMax) list.lastElementChild?.remove();
    if (new Date().getTime() - new Date(event.occurredAt).getTime() > freshMs) return;
    services.forEach((name, step) => setTimeout(() => light(name), step * stepMs));
  };
};

const clockOf = (moment: string): HTMLElement => {
  const when = new Date(moment);
  const isKnown = !Number.isNaN(when.getTime());
  return make(
    'time',
    isKnown ? { datetime: moment } : {},
    isKnown ? when.toLocaleTimeString([], { timeStyle: 'medium' }) : '',
  );
};
