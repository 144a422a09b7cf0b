/**
 * The chapters of the claims, by the letter that their ids begin with.
 *
 * @module
 */

/** The chapters' names, in the order in which they are told. */
export const chapters: Readonly<Record<string, string>> = {
  F: "Fallback",
  O: "Order",
  R: "Reservation and failure",
  Q: "Queries",
  W: "Wakeups",
  S: "Sizes and mappings",
  L: "Loss",
  M: "Memory",
  T: "Life",
  P: "Several",
  N: "Newer",
  C: "Cost",
  U: "Consumption",
};
