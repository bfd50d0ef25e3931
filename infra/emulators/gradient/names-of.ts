import { z } from 'zod';
import type { IncomingRequest } from '../support/incoming-request.ts';
import type { State } from './state.ts';

const namedBody = z.object({ name: z.string() });

/** The names of what a request is about: the one in its body, and those of the agent and base whose ids its path has. */
export const namesOf =
  (state: State) =>
  ({ path, body }: IncomingRequest): readonly string[] => {
    const given = namedBody.safeParse(body);
    const parts = path.split('/');
    const behind = parts.map(
      (part) => state.agents.get(part)?.fields.name ?? state.knowledgeBases.get(part)?.fields.name,
    );
    const asked = [...state.agents.values()].find(({ slug }) => parts.includes(slug));
    return [given.data?.name, asked?.fields.name, ...behind].filter((name) => name !== undefined);
  };
