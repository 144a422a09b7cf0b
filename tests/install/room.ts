/**
 * A bare root, and what is run in it: with mounts and processes of its own, of which nothing stays,
 * however it or this process ends.
 *
 * @module
 */
import { Missing } from "../freight.ts";

/** What is run is killed with whoever started it, and all that it started is killed with it. */
const apart = [
  ...["--pdeathsig", "KILL", "--"],
  ...["unshare", "--mount", "--propagation", "private"],
  ...["--pid", "--fork", "--kill-child"],
];

/** This machine's certificates in the root, where its own package does not write. */
export const certificates = "/root/certificates.crt";

const environment: Readonly<Record<string, string>> = {
  ...{ HOME: "/root", TERM: "dumb", NO_COLOR: "1" },
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  NODE_EXTRA_CA_CERTS: certificates,
  SSL_CERT_FILE: certificates,
  CURL_CA_BUNDLE: certificates,
};

/** This machine's way to the network, in the spelling of each program. */
const proxies = ["http_proxy", "https_proxy", "all_proxy", "no_proxy"]
  .flatMap((name) => [name, name.toUpperCase()]);

/** /sys and /dev themselves are not to be written; /proc shows the root's own processes. */
const prepare = `
  set -e
  for name in sys dev; do
    mount --rbind "/$name" "$0/$name"
    mount -o remount,bind,ro "$0/$name"
  done
  mount -t proc proc "$0/proc"
  exec chroot "$0" "$@"
`;

/** How often, and how far apart, it is tried to remove what killed processes still hold. */
const tries = 50;
const pauseMs = 100;

/** A folder for a root; dispose it to remove it. */
export class Room implements AsyncDisposable {
  readonly #folder: string;
  readonly #signal: AbortSignal;

  private constructor(folder: string, signal: AbortSignal) {
    this.#folder = folder;
    this.#signal = signal;
  }

  /** Makes an empty one; the signal ends what is run in it. */
  static async open(name: string, signal: AbortSignal): Promise<Room> {
    signal.throwIfAborted();
    const prefix = `install-${name}-`;
    return new Room(
      await Deno.makeTempDir({ dir: "/var/tmp", prefix }),
      signal,
    );
  }

  /** The path of the root. */
  get root(): string {
    return `${this.#folder}/root`;
  }

  /**
   * Runs what makes the root.
   *
   * @throws {Missing} when it fails, and the signal's reason when it is aborted.
   */
  async make(
    command: readonly string[],
    stdout: "inherit" | "null" = "inherit",
  ): Promise<void> {
    if (await this.#run(["--mount-proc", ...command], stdout)) return;
    throw new Missing(
      `Cannot make a bare root: ${command[0]} failed; it says why above`,
    );
  }

  /**
   * Runs a line of shell in the root; whether it ended well.
   *
   * @throws the signal's reason when it is aborted.
   */
  async inside(line: string): Promise<boolean> {
    const passed = proxies.flatMap((name) => {
      const value = Deno.env.get(name);
      return value === undefined ? [] : [[name, value]];
    });
    const words = [...Object.entries(environment), ...passed]
      .map(([name, value]) => `${name}=${value}`);
    return await this.#run([
      ...["sh", "-c", prepare, this.root],
      ...["env", "-i", ...words, "sh", "-c", line],
    ], "inherit");
  }

  async #run(
    command: readonly string[],
    stdout: "inherit" | "null",
  ): Promise<boolean> {
    this.#signal.throwIfAborted();
    const child = new Deno.Command("setpriv", {
      args: [...apart, ...command],
      stdin: "null",
      stdout,
      // Ctrl-C at the terminal is for this process, which ends what it started.
      detached: true,
    }).spawn();
    const end = (): void => {
      try {
        child.kill("SIGKILL");
      } catch {
        // It ended between the signal and the kill.
      }
    };
    this.#signal.addEventListener("abort", end);
    const { success } = await child.status;
    this.#signal.removeEventListener("abort", end);
    this.#signal.throwIfAborted();
    return success;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (let left = tries; left > 0; left--) {
      try {
        return await Deno.remove(this.#folder, { recursive: true });
      } catch (error) {
        if (left === 1) throw error;
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    }
  }
}
