/**
 * Runs the programs that a box is built with, one after the other.
 *
 * @module
 */

/** Who watches, and who may end it. */
export interface Watch {
  readonly signal?: AbortSignal | undefined;
  readonly progress: (text: string) => void;
}

/** Of a program that failed, the last lines that it wrote. */
const LAST_LINES = 3;

/**
 * Runs a program to its end.
 *
 * @throws {Error} when it fails, with its last words.
 * @throws the signal's reason when it is aborted.
 */
export async function act(
  command: string,
  args: readonly string[],
  { signal }: Watch,
): Promise<void> {
  signal?.throwIfAborted();
  const { success, code, stdout, stderr } = await new Deno.Command(command, {
    args: [...args],
    stdin: "null",
    env: { LC_ALL: "C", DEBIAN_FRONTEND: "noninteractive" },
    ...(signal !== undefined && { signal }),
  }).output();
  signal?.throwIfAborted();
  if (success) return;
  const said = [stderr, stdout].map((bytes) => new TextDecoder().decode(bytes))
    .find((text) => text.trim() !== "") ?? "it said nothing";
  const last = said.trim().split("\n").slice(-LAST_LINES).join("; ");
  throw new Error(
    `Cannot build the box: ${command} ended with status ${code}: ${last}`,
  );
}
