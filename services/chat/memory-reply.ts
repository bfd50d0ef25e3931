import type { MemoryCommand } from '../../shared/contracts/memory-command.ts';
import type { Draft } from './draft.ts';
import type { Recalled } from './recall.ts';

const linesMax = 20;
const anonymous = 'anonymous';

/**
 * What a visitor is told who asks what is known of them, or asks to be forgotten. Memory acts when it hears of the turn,
 * which is as sure as the turn is stored; so no agent has to be trusted to say it.
 */
export const draftForCommand = (
  command: MemoryCommand,
  { userId, recalled }: { readonly userId: string; readonly recalled: Recalled },
): Draft => ({
  text: userId === anonymous ? nobody : textOf(command, recalled),
  evidence: {
    citations: [],
    sources: [],
    grounded: false,
    memories_used: command === 'tell' ? recalled.memories.length : 0,
    degraded: [...recalled.degraded],
  },
  tokensIn: null,
  tokensOut: null,
});

const nobody = 'I do not know who you are, so nothing of you is remembered beyond this conversation.';

const textOf = (command: MemoryCommand, { memories, degraded }: Recalled): string => {
  switch (command) {
    case 'tell':
      if (memories.length > 0)
        return ['This is what I remember of you:', ...memories.slice(0, linesMax).map((line) => `- ${line}`)].join(
          '\n',
        );
      return degraded.includes('memory')
        ? 'I cannot look up what I remember right now. Please ask again in a moment.'
        : 'I remember nothing about you from earlier conversations.';
    case 'forget-conversation':
      return 'Done: what was said in this conversation so far is not remembered.';
    case 'forget-me':
      return 'Done: everything I remembered about you is deleted.';
    case 'opt-out':
      return 'Done: everything I remembered about you is deleted, and nothing will be remembered from now on.';
    case 'opt-in':
      return 'Thank you: from now on I remember what you tell me.';
  }
};
