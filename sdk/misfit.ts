/**
 * A value that does not fit its type, on its way to an error that says where.
 *
 * @module
 */

/** Thrown where the value is; every struct and array around it adds its step. */
export class Misfit extends Error {
  #steps = "";

  /** `value` is not of the kind that is wanted: `an integer`. */
  static type(wanted: string, value: unknown): Misfit {
    return new Misfit(`it is to be ${wanted}, not ${described(value)}`);
  }

  /** The way to the value: `.peers[2].name`; empty for the whole. */
  get path(): string {
    return this.#steps;
  }

  /** Puts a step in front. */
  add(step: string): void {
    this.#steps = step + this.#steps;
  }
}

/** Writes what is inside; a misfit there gets this step of its path. */
export function within(step: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    if (error instanceof Misfit) error.add(step);
    throw error;
  }
}

function described(value: unknown): string {
  switch (typeof value) {
    case "number":
    case "bigint":
    case "boolean":
      return String(value);
    case "string":
      return "a string";
    case "object":
      return value === null ? "null" : "an object";
    default:
      return typeof value;
  }
}
