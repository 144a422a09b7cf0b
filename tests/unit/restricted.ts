/**
 * A process that is restricted and asks for a ring: the test's other half, which
 * is this file too, run by Deno with what is to be filtered.
 *
 * @module
 */

import { refuseBpf } from "../../ffi/seccomp.ts";
import { BpfError, probeRing } from "../../mod.ts";

/** How it is restricted. */
export interface Restriction {
  /** The errno by which a seccomp filter answers bpf(2). */
  readonly seccomp?: number;
  /** A command that runs a command with less. */
  readonly by?: readonly string[];
}

/** What the process says: "has: true", or the error's message. */
export async function restricted(how: Restriction): Promise<string> {
  // Whoever it runs as, it has to have a cache.
  const cache = await Deno.makeTempDir();
  await Deno.chmod(cache, 0o777);
  const [first = "", ...rest] = [
    ...(how.by ?? []),
    ...[Deno.execPath(), "run", "--no-prompt", "--no-check", "--no-config"],
    ...["--allow-ffi", "--allow-env=RINGSIDE_LIBBPF"],
    ...[import.meta.filename ?? "", String(how.seccomp ?? 0)],
  ];
  try {
    const { stdout, stderr } = await new Deno.Command(first, {
      args: rest,
      env: { DENO_DIR: cache },
    }).output();
    const text = new TextDecoder();
    return (text.decode(stdout) || text.decode(stderr)).trim();
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
}

/** Restricts itself as it is told, asks, and says what came of it. */
function ask(errno: number): string {
  try {
    if (errno !== 0) refuseBpf(errno);
    return `has: ${probeRing().has}`;
  } catch (error) {
    if (error instanceof BpfError) return error.message;
    throw error;
  }
}

if (import.meta.main) {
  const answer = new TextEncoder().encode(ask(Number(Deno.args[0])));
  Deno.stdout.writeSync(answer);
}
