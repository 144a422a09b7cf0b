/**
 * Compiles C for tests: for BPF, to have its BTF, and for this machine, to run it.
 *
 * @module
 */

const clang = Deno.env.get("CLANG") ?? "clang";

/** Runs a program and answers what it printed; an error shows what it said. */
async function run(program: string, args: readonly string[]): Promise<string> {
  const command = new Deno.Command(program, { args: [...args] });
  try {
    const { success, stdout, stderr } = await command.output();
    if (success) return new TextDecoder().decode(stdout);
    throw new Error(`${program} failed:\n${new TextDecoder().decode(stderr)}`);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error(
      `Cannot compile structs: ${program} is not installed (on Debian and Ubuntu: apt-get install clang)`,
    );
  }
}

/** Compiles to an object with BTF; `target` is `bpf`, or `bpfeb` for the other byte order. */
export function compileBpf(
  source: string,
  object: string,
  target = "bpf",
): Promise<string> {
  const machine = Deno.build.arch === "aarch64" ? "aarch64" : "x86_64";
  const flags = [
    ...["-w", "-g", "-O1", "-target", target, "-I", "bpf"],
    ...["-idirafter", `/usr/include/${machine}-linux-gnu`],
  ];
  return run(clang, [...flags, "-c", source, "-o", object]);
}

/** Compiles for this machine, runs it and answers what it printed. */
export async function runC(source: string, program: string): Promise<string> {
  await run(clang, ["-w", "-O0", source, "-o", program]);
  return run(program, []);
}
