/**
 * How much a drain may take.
 *
 * @module
 */

/** Asked by drains now and then. */
export interface Quota {
  /** Records until {@linkcode Quota.took} is told of them, those passed over too. */
  readonly left: number;
  /** Set from within a sink: the drain ends behind the record at hand. */
  readonly cut: boolean;
  /** So many more were handed out, and so many passed over: whether that is enough. */
  took(records: number, passed: number): boolean;
}

/** All that there is. */
export const wholeQuota: Quota = {
  left: 2 ** 30,
  cut: false,
  took: () => false,
};
