/**
 * `deno task test:install [SUITE…]`: the README's two commands on a bare Debian
 * or Ubuntu, as somebody has it who has nothing yet. As root; wants debootstrap.
 *
 * @module
 */
import { fileURLToPath, pathToFileURL } from "node:url";
import { findExecutable } from "../../kernels/executable.ts";
import { archiveUrl } from "../../kernels/sites.ts";
import { UsageError } from "../../kernels/usage_error.ts";
import { exitWith } from "../exit.ts";
import { Missing } from "../freight.ts";
import { interruption } from "../../kernels/interruption.ts";
import { writeOut } from "../streams.ts";
import { certificates, Room } from "./room.ts";

/** What a suite is of, what of it has the packages, and as which other debootstrap makes it. */
interface Suite {
  readonly site: "debian" | "ubuntu";
  readonly components: string;
  readonly script: string;
}

/** By scripts that every debootstrap has, also one that is older than the suite. */
const debian: Suite = { site: "debian", components: "main", script: "sid" };
const ubuntu: Suite = {
  ...{ site: "ubuntu", components: "main,universe", script: "gutsy" },
};

/** Every suite that is tried. */
const suites: Readonly<Record<string, Suite>> = {
  bookworm: debian,
  trixie: debian,
  noble: ubuntu,
};

/** What the README promises. */
const commands = ["./run test:matrix", "./run test"];

const project = fileURLToPath(new URL("../..", import.meta.url));

const bundle = "/etc/ssl/certs/ca-certificates.crt";

/** This machine's way to the network, and where the root has it; none of it is the project's. */
const ways = [
  ["/etc/resolv.conf", "/etc/resolv.conf"],
  ["/etc/npmrc", "/etc/npmrc"],
  [bundle, bundle],
  [bundle, certificates],
] as const;

async function main(argv: readonly string[]): Promise<number> {
  const asked = argv.length > 0 ? argv : Object.keys(suites);
  const unknown = asked.find((name) => !Object.hasOwn(suites, name));
  if (unknown !== undefined) {
    const known = Object.keys(suites).join(", ");
    throw new UsageError(`Unknown suite "${unknown}"; there are ${known}`);
  }
  check();
  using interrupted = interruption();
  let status = 0;
  for (const name of asked) {
    if (!await tryOut(name, interrupted.signal)) status = 1;
  }
  return status;
}

/** What is missing is said before anything is made. */
function check(): void {
  if (Deno.uid() !== 0) {
    throw new Missing(
      "A bare root is made as root: sudo deno task test:install",
    );
  }
  for (const program of ["debootstrap", "setpriv", "unshare", "git"]) {
    if (findExecutable(program)) continue;
    throw new Missing(
      `${program} is not installed: install it (apt-get install debootstrap util-linux git)`,
    );
  }
}

/** Makes a bare root, runs the commands in it, removes it; whether all of them ended well. */
async function tryOut(name: string, signal: AbortSignal): Promise<boolean> {
  await using room = await Room.open(signal);
  await timed(`${name}: a bare root`, () => bootstrap(name, room));
  await room.make([
    ...["git", "clone", "--quiet", "--depth", "1"],
    ...[pathToFileURL(project).href, `${room.root}/root/ringside`],
  ]);
  for (const command of commands) {
    const ok = await timed(
      `${name}: ${command}`,
      () => room.inside(`cd /root/ringside && ${command}`),
    );
    if (!ok) return false;
  }
  return true;
}

async function bootstrap(name: string, room: Room): Promise<boolean> {
  const { site, components, script } = suites[name] ?? debian;
  const keyring = `/usr/share/keyrings/${site}-archive-keyring.gpg`;
  if (!await Deno.stat(keyring).catch(() => undefined)) {
    throw new Missing(
      `There is no ${keyring}: install it (apt-get install ${
        site === "ubuntu"
          ? "ubuntu-archive-keyring; Debian has it since trixie"
          : "debian-archive-keyring"
      })`,
    );
  }
  const mirror = await archiveUrl({ site, suite: name }, {});
  await room.make([
    ...["debootstrap", "--variant=minbase", `--components=${components}`],
    ...[`--keyring=${keyring}`, name, room.root, `${mirror}`, script],
  ]);
  for (const [path, place] of ways) {
    const target = `${room.root}${place}`;
    await Deno.mkdir(target.slice(0, target.lastIndexOf("/")), {
      recursive: true,
    });
    await Deno.copyFile(path, target).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }
  return true;
}

async function timed(
  what: string,
  act: () => Promise<boolean>,
): Promise<boolean> {
  const began = performance.now();
  const ok = await act();
  const seconds = Math.round((performance.now() - began) / 1000);
  writeOut(`${what}: ${ok ? "as promised" : "FAILED"}, ${seconds} s\n`);
  return ok;
}

if (import.meta.main) await exitWith(main);
