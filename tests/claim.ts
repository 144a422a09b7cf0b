/**
 * A claim: one sentence about the behaviour of the kernel or of the SDK, with
 * the code that proves it. A claim sees what a user sees: `mod.ts`, and the lab
 * that it is proved in.
 *
 * @module
 */

/** A value that survives the way from guest to report. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [name: string]: Json };

/** What a claim is proved in: the objects it may load, and a place for its figures. */
export interface Lab {
  /** The path of a BPF object, by the name of its source: `ring` for bpf/ring.bpf.c. */
  object(name: string): string;
  /** Adds figures to the cell's evidence; a name that is there already is replaced. */
  evidence(figures: Readonly<Record<string, Json>>): void;
}

/**
 * Returns when what it asserts is so, throws when it is not; throws `Absent`
 * when the kernel lacks a feature newer than the ring and refused it as documented.
 */
export type Proof = (lab: Lab) => void | Promise<void>;

/** What tutorials say that is imprecise or wrong, and what is right; one line each. */
export interface Correction {
  readonly said: string;
  readonly right: string;
}

/** What a report says of a claim, whatever became of it. */
export interface Statement {
  /** Letter of the chapter and number: "R1". */
  readonly id: string;
  /** The sentence. */
  readonly title: string;
  /** The commit, with its subject, or the document that says so. */
  readonly source: string;
  /** The release that brought it. Documentation only: what counts is what the kernel can do. */
  readonly since?: string;
  /** What the claim's evidence corrects. */
  readonly corrects?: Correction;
}

/** A file system of the kernel's own, by its type in /proc/mounts. */
export type Mount = "tracefs" | "bpf";

/** One sentence with its proof. */
export interface Claim extends Statement {
  /** The kernel feature without which the claim is absent; the kernel itself is asked. */
  readonly needs?: "ring";
  /** What has to be mounted, as it is in a guest. */
  readonly mounted?: Mount;
  /** `"guest"`: it takes what is not ours on a running machine, such as a CPU. */
  readonly where?: "guest";
  /** What it takes, of a claim that is proved in guests only: "it takes a CPU offline". */
  readonly because?: string;
  /** Has the runtime open what it opens once and keeps, before it is counted what the proof leaves open. */
  readonly prepare?: () => Promise<void>;
  /** Returns: the claim holds. Throws: it fails. */
  readonly prove: Proof;
  /** Asserts the documented refusal where the feature is missing; by default EINVAL for the map. */
  readonly absent?: Proof;
}

/**
 * What a proof throws when the kernel lacks a feature newer than the ring, and
 * refused it as documented, which the proof has asserted before. `message` is
 * the refusal in one line.
 */
export class Absent extends Error {
  override readonly name = "Absent";
}

/**
 * Checks that a claim is whole, and returns it.
 *
 * @throws {TypeError} when its id, its sentence or its source is missing or misshapen.
 */
export function claim(whole: Claim): Claim {
  if (!/^[A-Z][0-9]+$/.test(whole.id)) {
    throw new TypeError(
      `Cannot make claim "${whole.id}": its id is not a letter and a number`,
    );
  }
  if (whole.where === "guest" && whole.because === undefined) {
    throw new TypeError(
      `Cannot make claim ${whole.id}: it does not say why it wants a guest`,
    );
  }
  const { title, source, corrects } = whole;
  const texts = { title, source, ...corrects };
  for (const [name, text] of Object.entries(texts)) {
    if (text.trim() !== text || text === "" || text.includes("\n")) {
      throw new TypeError(
        `Cannot make claim ${whole.id}: its ${name} is not one line of text`,
      );
    }
  }
  return Object.freeze(whole);
}

/** What a report says of a claim: all but its proof. */
export function statementOf(claim: Statement): Statement {
  const { id, title, source, since, corrects } = claim;
  return {
    ...{ id, title, source },
    ...(since !== undefined && { since }),
    ...(corrects !== undefined && { corrects }),
  };
}
