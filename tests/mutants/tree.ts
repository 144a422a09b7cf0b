/**
 * A copy of the project's tree to be broken: mutated, built, proved in, and
 * restored.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { openTemporary } from "../../kernels/temporary.ts";
import type { Workshop } from "../../kernels/workshop.ts";
import { importArguments } from "../imports.ts";
import { type Mutant, mutate, type Proved } from "./mutant.ts";

/** The project's folder. */
const project = fileURLToPath(new URL("../../", import.meta.url));

/** Folders that are no source: the history, and what was built or fetched. */
const left = new Set([".git", "build", "node_modules"]);

/** Milliseconds for one child; the proofs within have their own, shorter bounds. */
export const childTimeoutMs = 60_000;

/** The same for a machine that is started, and asked for all claims. */
const machineTimeoutMs = 600_000;

/** Characters of a why that are shown. */
const saidLimit = 110;

/** Where claims are proved. */
export interface Place {
  /** A row of the matrix; the running kernel, if not given. */
  readonly kernel?: string;
  /** Kills the child that is running. */
  readonly signal: AbortSignal;
}

/** A copy; it is removed when it is disposed. */
export class Tree implements AsyncDisposable {
  readonly #workshop: Workshop;
  readonly #folder: string;
  readonly #place: Place;

  private constructor(workshop: Workshop, place: Place) {
    this.#workshop = workshop;
    this.#folder = `${workshop.path}/`;
    this.#place = place;
  }

  /** Copies the project. */
  static async copy(place: Place): Promise<Tree> {
    const tree = new Tree(await openTemporary(), place);
    try {
      await copyFolder(project, tree.#folder);
      return tree;
    } catch (error) {
      await tree[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Removes the copy. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#workshop[Symbol.asyncDispose]();
  }

  /** Proves the mutant's claim in the mutated tree. */
  async try(mutant: Mutant): Promise<Proved> {
    const path = `${this.#folder}${mutant.file}`;
    const whole = await Deno.readTextFile(path).catch(() => "");
    const mutated = mutate(whole, mutant);
    if ("misfit" in mutated) return { is: "broken", said: mutated.misfit };
    // Both writes make the file newer than what was built of it: build.ts sees it.
    await Deno.writeTextFile(path, mutated.text);
    try {
      const proved = await this.prove([mutant.claim]);
      return proved.get(mutant.claim) ?? noVerdict("");
    } finally {
      await Deno.writeTextFile(path, whole);
    }
  }

  /** Builds what is stale; answers what went wrong. */
  async build(): Promise<Proved | undefined> {
    const built = await this.#run(["bpf/build.ts"], childTimeoutMs);
    if (built.is === "hang") return { is: "broken", said: "it is not built" };
    if (!built.success) return { is: "broken", said: line(built.said) };
    return undefined;
  }

  /** Builds what is stale and proves the claims, in one child each. */
  async prove(claims: readonly string[]): Promise<Map<string, Proved>> {
    const all = (proved: Proved): Map<string, Proved> =>
      new Map(claims.map((id) => [id, proved]));
    const trouble = await this.build();
    if (trouble !== undefined) return all(trouble);
    const report = `${this.#folder}report.json`;
    const { kernel } = this.#place;
    const proof = await this.#run(
      [
        ...kernel === undefined
          ? ["tests/local.ts"]
          : ["tests/main.ts", `--kernel=${kernel}`, "--jobs=1"],
        ...claims.map((id) => `--claim=${id}`),
        `--report=json=${report}`,
      ],
      kernel === undefined ? childTimeoutMs : machineTimeoutMs,
    );
    if (proof.is === "hang") return all({ is: "hang" });
    const text = await Deno.readTextFile(report).catch(() => "");
    await Deno.remove(report).catch(() => {});
    return text === "" ? all(noVerdict(proof.said)) : verdictsOf(text);
  }

  /** Runs one of the tree's programs to its end, or until its time is over. */
  async #run(program: readonly string[], timeoutMs: number): Promise<Ended> {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", ...importArguments(this.#folder), ...program],
      cwd: this.#folder,
      env: { INIT_CWD: this.#folder, NO_COLOR: "1" },
      ...{ stdin: "null", stdout: "null", stderr: "piped" },
    }).spawn();
    let [late, over] = [false, false];
    const kill = (): void => over ? undefined : child.kill("SIGKILL");
    const timer = setTimeout(() => {
      late = true;
      kill();
    }, timeoutMs);
    this.#place.signal.addEventListener("abort", kill);
    try {
      const { success, stderr } = await child.output();
      if (late) return { is: "hang" };
      return { is: "ended", success, said: new TextDecoder().decode(stderr) };
    } finally {
      over = true;
      clearTimeout(timer);
      this.#place.signal.removeEventListener("abort", kill);
    }
  }
}

/** How a child ended. */
type Ended =
  | { readonly is: "hang" }
  | { readonly is: "ended"; readonly success: boolean; readonly said: string };

const noVerdict = (said: string): Proved => ({
  is: "broken",
  said: `no verdict: ${line(said)}`,
});

/** The verdicts of a report of the schema ringside/1. */
export function verdictsOf(report: string): Map<string, Proved> {
  const { kernels } = JSON.parse(report) as {
    kernels: { claims: { id: string; verdict: Verdict; why?: string }[] }[];
  };
  const cells = kernels.flatMap((kernel) => kernel.claims);
  return new Map(
    cells.map(({ id, verdict, why = "" }) => [id, {
      is: verdict,
      said: line(why),
    }]),
  );
}

type Verdict = Exclude<Proved["is"], "hang" | "broken">;

/**
 * A text as one short line. An assertion's first line says only that something
 * was to be equal: what follows it says what.
 */
export function line(text: string): string {
  const short = text.trim().replaceAll(/\s+/g, " ");
  return short.length <= saidLimit
    ? short
    : `${short.slice(0, saidLimit - 1)}…`;
}

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory, isFile } of Deno.readDir(from)) {
    if (left.has(name)) continue;
    if (isDirectory) await copyFolder(`${from}${name}/`, `${to}${name}/`);
    if (isFile) await Deno.copyFile(`${from}${name}`, `${to}${name}`);
  }
}
