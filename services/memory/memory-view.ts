import type { z } from 'zod';
import type { memoryView } from '../../shared/contracts/memory.ts';

export type MemoryView = z.infer<typeof memoryView>;

interface StoredTurn {
  readonly id: string;
  readonly role: 'user' | 'assistant';
  readonly text: string;
  readonly saidAt: Date;
  readonly sessionId: string;
}

/** A stored turn as others see it. */
export const viewOf = ({ id, role, text, saidAt, sessionId }: StoredTurn): MemoryView => ({
  id,
  role,
  text,
  said_at: saidAt.toISOString(),
  session_id: sessionId,
});
