import type { JsMsg } from '@nats-io/jetstream';

/** Deliveries of one durable that this process gave back itself: what comes next of them is a retry, not a loss. */
export interface GivenBack {
  add(message: JsMsg): void;
  /** Whether the delivery before this one was given back here. */
  has(message: JsMsg): boolean;
}

// More are only taken for suspects, which costs them time.
const rememberedMax = 10_000;

export const createGivenBack = (): GivenBack => {
  const attempts = new Map<number, number>();
  return {
    add: ({ seq, info }) => {
      attempts.delete(seq);
      attempts.set(seq, info.deliveryCount);
      const [oldest] = attempts.keys();
      if (attempts.size > rememberedMax && oldest !== undefined) attempts.delete(oldest);
    },
    has: ({ seq, info }) => attempts.get(seq) === info.deliveryCount - 1,
  };
};
