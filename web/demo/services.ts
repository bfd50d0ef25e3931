import { serviceNames, type ServiceName } from './service-names.ts';
import { drawing, make } from '../pages/dom.ts';

/** How each of the five is called and drawn. */
export const faces: Readonly<
  Record<ServiceName, { readonly title: string; readonly does: string; readonly path: string }>
> = {
  gateway: { title: 'Gateway', does: 'takes the request', path: 'M12 3v18M4 8l8-5 8 5M4 8v13h16V8' },
  provisioning: {
    title: 'Provisioning',
    does: 'sets up the agent',
    path: 'M12 3 4 7.5v9L12 21l8-4.5v-9ZM4 7.500l8 4.5 8-4.500M12 12v9',
  },
  knowledge: {
    title: 'Knowledge',
    does: 'reads documents',
    path: 'M12 6.500C10 5 7 4.5 4 5v13.500c3-.5 6 0 8 1.5 2-1.5 5-2 8-1.500V5c-3-.5-6 0-8 1.500ZM12 6.500V20',
  },
  chat: {
    title: 'Chat',
    does: 'writes the answer',
    path: 'M21 11.500c0 4.6-4 8-9 8-1.3 0-2.5-.2-3.6-.6L3 20.500l1.6-4.600C3.6 14.6 3 13.1 3 11.500c0-4.6 4-8 9-8s9 3.4 9 8Z',
  },
  memory: { title: 'Memory', does: 'remembers you', path: 'M6 4h12v16l-6-4-6 4Z' },
};

const litMs = 1600;

/** A picture of the five services; `light` shows that one of them has just worked. */
export const createServicesPicture = (list: HTMLElement): { readonly light: (name: ServiceName) => void } => {
  const nodes = new Map<ServiceName, { node: HTMLElement; timer: ReturnType<typeof setTimeout> | undefined }>();
  for (const name of serviceNames) {
    const { title, does, path } = faces[name];
    const node = make('span', { class: 'node' }, drawing(path));
    nodes.set(name, { node, timer: undefined });
    list.append(make('li', {}, node, make('span', {}, title, make('small', {}, does))));
  }
  return {
    light: (name) => {
      const entry = nodes.get(name);
      if (entry === undefined) return;
      clearTimeout(entry.timer);
      entry.node.classList.add('is-lit');
      entry.timer = setTimeout(() => entry.node.classList.remove('is-lit'), litMs);
    },
  };
};
