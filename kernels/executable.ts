/**
 * Finds the programs of the host that Ringside starts.
 *
 * @module
 */

/** The path of `name` in PATH, or nothing. A name with a slash is its own path. */
export function findExecutable(name: string): string | undefined {
  const places = name.includes("/")
    ? [name]
    : (Deno.env.get("PATH") ?? "").split(":").filter(Boolean).map((place) =>
      `${place}/${name}`
    );
  return places.find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    const { isFile, mode } = Deno.statSync(path);
    return isFile && ((mode ?? 0) & 0o111) !== 0;
  } catch {
    return false;
  }
}

/** Runs a program to its end, with `env` beside this process's own environment; its output as text. */
export async function output(
  command: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<
  {
    readonly success: boolean;
    /** What killed it, where it did not end by itself. */
    readonly signal: Deno.Signal | null;
    readonly stdout: string;
    readonly stderr: string;
  }
> {
  const { success, signal, stdout, stderr } = await new Deno.Command(command, {
    args: [...args],
    env,
    stdin: "null",
  }).output();
  const text = new TextDecoder();
  return {
    success,
    signal,
    stdout: text.decode(stdout),
    stderr: text.decode(stderr).trim(),
  };
}
