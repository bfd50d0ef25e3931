import { initialState, reduce, type Action, type State } from './state.ts';

export interface Store {
  readonly getState: () => State;
  readonly dispatch: (action: Action) => void;
}

/** Holds the state and has it painted, however much happens, at most once a frame. */
export const createStore = (paint: (state: State) => void): Store => {
  let state = initialState;
  let isPlanned = false;
  const paintNow = (): void => {
    isPlanned = false;
    paint(state);
  };
  return {
    getState: () => state,
    dispatch: (action) => {
      state = reduce(state, action);
      if (isPlanned) return;
      isPlanned = true;
      // A hidden tab gets no frames, yet its answers must be there when it is looked at.
      if (document.hidden) setTimeout(paintNow, 100);
      else requestAnimationFrame(paintNow);
    },
  };
};
