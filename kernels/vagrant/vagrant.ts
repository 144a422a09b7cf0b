/**
 * Vagrant, the program: how it is found and started, and what it says when it fails.
 *
 * Each start is a session of its own: Ctrl-C at the terminal is for the run, which ends what it
 * started in its own order.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { findExecutable } from "../executable.ts";
import { tied } from "../tied.ts";

/** What is given to every start of it. */
export type Environment = Readonly<Record<string, string>>;

/** How one start of Vagrant ended. */
export interface Ended {
  readonly success: boolean;
  readonly stdout: string;
  /** Why it failed, in one line: what it wrote to stderr. */
  readonly complaint: string;
  /** All that it wrote. */
  readonly said: string;
}

/** The folder of the Vagrantfile. */
const project = fileURLToPath(new URL("../..", import.meta.url));

const always = {
  VAGRANT_CWD: project,
  VAGRANT_CHECKPOINT_DISABLE: "1", // no question whether there is a newer one
  VAGRANT_NO_COLOR: "1",
};

/** Longer complaints are cut: the first sentence is what counts. */
const COMPLAINT = 240;
/** A Vagrant that was told to stop puts its machine in order first. */
const PATIENCE_MS = 20_000;

/** Where Vagrant keeps what it knows of the machines. */
export function stateFolder(): string {
  const named = Deno.env.get("VAGRANT_DOTFILE_PATH") ?? "";
  return named === "" ? join(project, ".vagrant") : named;
}

/**
 * The path of Vagrant.
 *
 * @throws {Error} when it is not installed.
 */
export function findVagrant(): string {
  const path = findExecutable("vagrant");
  if (path !== undefined) return path;
  throw new Error(
    "Vagrant is not installed (on Debian: apt-get install vagrant vagrant-libvirt)",
  );
}

/**
 * Starts Vagrant. When this process dies, the kernel tells Vagrant to stop, unless it is `detached`.
 */
export function startVagrant(
  args: readonly string[],
  environment: Environment = {},
  { stdin = "null", detached = false }: {
    readonly stdin?: "null" | "piped";
    readonly detached?: boolean;
  } = {},
): Deno.ChildProcess {
  // Without progress bars; it takes one of the two only.
  const plainly = args.includes("--machine-readable") ? [] : ["--no-tty"];
  const command = [findVagrant(), ...plainly, ...args];
  return new Deno.Command("setsid", {
    args: detached ? command : tied(command, "INT"),
    env: { ...always, ...environment },
    stdin,
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Runs Vagrant to its end; an aborted signal tells it to stop, and it is waited for. */
export async function runVagrant(
  args: readonly string[],
  { environment = {}, signal, detached = false }: {
    readonly environment?: Environment;
    readonly signal?: AbortSignal | undefined;
    readonly detached?: boolean;
  } = {},
): Promise<Ended> {
  const child = startVagrant(args, environment, { detached });
  let patience: ReturnType<typeof setTimeout> | undefined;
  const stop = (): void => {
    kill(child, "SIGINT");
    patience ??= setTimeout(() => kill(child, "SIGKILL"), PATIENCE_MS);
  };
  signal?.addEventListener("abort", stop);
  if (signal?.aborted) stop();
  try {
    const { success, stdout, stderr } = await child.output();
    const told = plain(stdout);
    const complained = plain(stderr);
    return {
      success,
      stdout: told,
      complaint: complaintOf(complained, told),
      said: [told, complained].filter(Boolean).join("\n"),
    };
  } finally {
    clearTimeout(patience);
    signal?.removeEventListener("abort", stop);
  }
}

/** Sends a signal to Vagrant and to all that it has started. */
export function kill(child: Deno.ChildProcess, signal: Deno.Signal): void {
  // The session is there a moment after the process, which alone is there before. A process that
  // has ended is told nothing: its number may be another's by now.
  const tell = [
    () => Deno.kill(-child.pid, signal),
    () => child.kill(signal),
  ];
  for (const act of tell) {
    try {
      return act();
    } catch {
      continue; // it ended before
    }
  }
}

function plain(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).replaceAll("\r", "\n").trim();
}

/**
 * What it wrote to stderr, in one line; where it wrote none, the last line of the rest. Of advice
 * with a cause at its end only the first sentence and the cause.
 */
function complaintOf(stderr: string, stdout: string): string {
  const text = stderr === "" ? stdout.split("\n").at(-1) ?? "" : stderr;
  const whole = text.replaceAll(/\s*\n\s*/g, " ").trim();
  const cause = /^Error: (.+)$/m.exec(stderr)?.[1];
  const [sentence = whole] = whole.split(/\. /);
  const line = cause === undefined ? whole : `${sentence}: ${cause}`;
  return line.length > COMPLAINT ? `${line.slice(0, COMPLAINT)}…` : line;
}
