/**
 * `deno task test:install [SUITE…]`: the README's two commands on a bare Debian
 * or Ubuntu, as somebody has it who has nothing yet. As root; wants debootstrap.
 *
 * @module
 */
import { findExecutable } from "../../kernels/executable.ts";
import { archiveUrl } from "../../kernels/sites.ts";
import { UsageError } from "../../kernels/usage_error.ts";
import { exitWith } from "../exit.ts";
import { Missing } from "../freight.ts";
import { writeOut } from "../streams.ts";

/** What a suite is of, and what of it has the packages. */
interface Suite {
  readonly site: "debian" | "ubuntu";
  readonly components: string;
}

const debian: Suite = { site: "debian", components: "main" };
const ubuntu: Suite = { site: "ubuntu", components: "main,universe" };

/** Every suite that is tried. */
const suites: Readonly<Record<string, Suite>> = {
  bookworm: debian,
  trixie: debian,
  noble: ubuntu,
};

/** What the README promises. */
const commands = ["./run test:matrix", "./run test"];

const project = new URL("../..", import.meta.url).pathname;

/** The certificates of this machine, where the root's own package does not write. */
const certificates = "/root/certificates.crt";
const bundle = "/etc/ssl/certs/ca-certificates.crt";

/** This machine's way to the network, and where the root has it; none of it is the project's. */
const ways = [
  ["/etc/resolv.conf", "/etc/resolv.conf"],
  ["/etc/npmrc", "/etc/npmrc"],
  [bundle, bundle],
  [bundle, certificates],
] as const;

/** What is run so has mounts of its own, which this machine never sees, however it ends. */
const apart = ["--mount", "--propagation", "private"];

async function main(argv: readonly string[]): Promise<number> {
  const asked = argv.length > 0 ? argv : Object.keys(suites);
  const unknown = asked.find((name) => !Object.hasOwn(suites, name));
  if (unknown !== undefined) {
    const known = Object.keys(suites).join(", ");
    throw new UsageError(`Unknown suite "${unknown}"; there are ${known}`);
  }
  check();
  let status = 0;
  for (const name of asked) if (!await tryOut(name)) status = 1;
  return status;
}

/** What is missing is said before anything is made. */
function check(): void {
  if (Deno.uid() !== 0) {
    throw new Missing(
      "A bare root is made as root: sudo deno task test:install",
    );
  }
  for (const program of ["debootstrap", "unshare", "chroot", "git"]) {
    if (findExecutable(program)) continue;
    throw new Missing(
      `${program} is not installed: install it (apt-get install debootstrap util-linux git)`,
    );
  }
}

/** Makes a bare root, runs the commands in it, removes it; whether all of them ended well. */
async function tryOut(name: string): Promise<boolean> {
  const folder = await Deno.makeTempDir({
    dir: "/var/tmp",
    prefix: `install-${name}-`,
  });
  const root = `${folder}/root`;
  try {
    await timed(`${name}: a bare root`, () => bootstrap(name, root));
    await run("git", [
      "clone",
      "--quiet",
      "--depth",
      "1",
      `file://${project}`,
      `${root}/root/ringside`,
    ]);
    for (const command of commands) {
      const ok = await timed(
        `${name}: ${command}`,
        () => inside(root, command),
      );
      if (!ok) return false;
    }
    return true;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function bootstrap(name: string, root: string): Promise<boolean> {
  const { site, components } = suites[name] ?? debian;
  const keyring = `/usr/share/keyrings/${site}-archive-keyring.gpg`;
  if (!await Deno.stat(keyring).catch(() => undefined)) {
    throw new Missing(
      `There is no ${keyring}: install it (apt-get install ${
        site === "ubuntu" ? "ubuntu-keyring" : "debian-archive-keyring"
      })`,
    );
  }
  const mirror = await archiveUrl({ site, suite: name }, {});
  await run("unshare", [
    ...[...apart, "debootstrap", "--variant=minbase"],
    ...[`--components=${components}`],
    ...[`--keyring=${keyring}`, name, root, `${mirror}`],
  ], "null");
  for (const [path, place] of ways) {
    const target = `${root}${place}`;
    await Deno.mkdir(target.slice(0, target.lastIndexOf("/")), {
      recursive: true,
    });
    await Deno.copyFile(path, target).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }
  return true;
}

/** Runs a command in the root, where /sys and /dev themselves are not to be written. */
async function inside(root: string, command: string): Promise<boolean> {
  const prepare = [
    ...["proc", "sys", "dev"].map((name) =>
      `mount --rbind /${name} ${root}/${name}`
    ),
    ...["sys", "dev"].map((name) => `mount -o remount,bind,ro ${root}/${name}`),
  ].join(" && ");
  const environment = [
    ...["HOME=/root", "TERM=dumb", "NO_COLOR=1"],
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    ...["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "CURL_CA_BUNDLE"].map((name) =>
      `${name}=${certificates}`
    ),
  ].join(" ");
  const { success } = await new Deno.Command("unshare", {
    args: [
      ...[...apart, "sh", "-c"],
      `${prepare} && exec chroot ${root} env -i ${environment} sh -c 'cd /root/ringside && ${command}'`,
    ],
    stdin: "null",
  }).spawn().status;
  return success;
}

async function run(
  program: string,
  args: string[],
  stdout: "inherit" | "null" = "inherit",
): Promise<void> {
  const { success } = await new Deno.Command(program, {
    args,
    stdin: "null",
    stdout,
  }).spawn().status;
  if (!success) {
    throw new Missing(
      `Cannot make a bare root: ${program} failed; it says why above`,
    );
  }
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
