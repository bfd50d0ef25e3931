/** Passed and failed of one vitest report; undefined when the run left none. */
export declare const countTests: (
  report: object | undefined,
  status: number,
) => { readonly passed: number; readonly failed: number };
