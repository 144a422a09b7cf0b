/**
 * A bare root, and what is run in it: with mounts and processes of its own, of which nothing stays,
 * however it or this process ends.
 *
 * @module
 */
import { Missing } from "../freight.ts";
import { type Manner, Workplace } from "../workplace.ts";

/** All that a program started is killed with it. */
const apart = [
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
  npm_config_cafile: certificates,
};

/** This machine's way to the network, in the spelling of each program. */
const proxies = ["http_proxy", "https_proxy", "all_proxy", "no_proxy"]
  .flatMap((name) => [name, name.toUpperCase()]);

/**
 * /sys and /dev themselves are not to be written; /proc shows the root's own processes. The root is
 * that of the mounts, as on a machine of its own: below a chroot there are no user namespaces.
 */
const prepare = `
  set -e
  mount --bind "$0" "$0"
  for name in sys dev; do
    mount --rbind "/$name" "$0/$name"
    mount -o remount,bind,ro "$0/$name"
  done
  mount -t proc proc "$0/proc"
  cd "$0"
  pivot_root . .
  umount -l .
  exec "$@"
`;

/** A folder for a root; dispose it to remove it. */
export class Room implements AsyncDisposable {
  readonly #place: Workplace;

  private constructor(place: Workplace) {
    this.#place = place;
  }

  /** Makes an empty one; the signal ends what is run in it. */
  static async open(signal: AbortSignal): Promise<Room> {
    return new Room(await Workplace.open(signal));
  }

  /** The path of the root. */
  get root(): string {
    return `${this.#place.path}/root`;
  }

  /**
   * Runs what makes the root.
   *
   * @throws {Missing} when it fails, and the signal's reason when it is aborted.
   */
  async make(command: readonly string[]): Promise<void> {
    if (await this.#run(["--mount-proc", ...command])) return;
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
    ]);
  }

  async #run(command: readonly string[]): Promise<boolean> {
    const manner: Manner = { stdin: "null" };
    return await this.#place.run([...apart, ...command], manner) === 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#place[Symbol.asyncDispose]();
  }
}
