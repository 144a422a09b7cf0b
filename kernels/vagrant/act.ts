/**
 * Runs the programs that a box is built with, one after the other.
 *
 * @module
 */
import { Unavailable } from "../kernel.ts";
import { killedBy, tied } from "../tied.ts";

/** Who watches, and who may end it. */
export interface Watch {
  readonly signal?: AbortSignal | undefined;
  readonly progress: (text: string) => void;
}

/** Of a program that failed, the last lines that it wrote. */
const LAST_LINES = 3;

/** What a program mounts and starts is seen by nobody else, and goes with it, however it ends. */
const alone = [
  "unshare",
  "--mount",
  "--pid",
  "--fork",
  "--kill-child",
  "--mount-proc",
  "--",
];

/**
 * Runs a program to its end.
 *
 * @throws {Unavailable} when it fails, with its last words.
 * @throws the signal's reason when it is aborted.
 */
export async function act(
  command: string,
  args: readonly string[],
  { signal }: Watch,
): Promise<void> {
  signal?.throwIfAborted();
  const [program = command, ...words] = tied([...alone, command, ...args]);
  const child = new Deno.Command(program, {
    args: words,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    env: { LC_ALL: "C", DEBIAN_FRONTEND: "noninteractive" },
  }).spawn();
  using _end = killedBy(signal, child);
  const { success, code, stdout, stderr } = await child.output();
  signal?.throwIfAborted();
  if (success) return;
  const said = [stderr, stdout].map((bytes) => new TextDecoder().decode(bytes))
    .find((text) => text.trim() !== "") ?? "it said nothing";
  const last = said.trim().split("\n").slice(-LAST_LINES).join("; ");
  throw new Unavailable(
    `The box cannot be built: ${command} ended with status ${code}: ${last}`,
  );
}
