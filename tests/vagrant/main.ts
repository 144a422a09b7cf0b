/**
 * `deno task test:vagrant`: the driver of Vagrant for real, from a box that is built of packages
 * to machines that come up, prove every claim, and are gone. As root; on a machine of two cores
 * without KVM it takes about ten minutes.
 *
 * @module
 */
import { findExecutable } from "../../kernels/executable.ts";
import { dataFolder } from "../../kernels/folders.ts";
import { ownBoxes } from "../../kernels/vagrant/boxes.ts";
import { exitWith } from "../exit.ts";
import { Missing } from "../freight.ts";

const here = (name: string): string => new URL(name, import.meta.url).pathname;

/** The packages of Debian that have what the test starts, by the programs. */
const needed = {
  vagrant: "vagrant vagrant-libvirt",
  libvirtd: "libvirt-daemon-system libvirt-daemon-driver-qemu",
  virsh: "libvirt-clients",
  dnsmasq: "dnsmasq-base",
  iptables: "iptables",
};

/** The import map that this process was started with, for those that it starts. */
function importMap(): string[] {
  const isOffline = import.meta.resolve("@std/testing/bdd") === "node:test";
  return isOffline ? [`--import-map=${here("../../deno.offline.json")}`] : [];
}

function check(): void {
  if (Deno.uid() !== 0) {
    throw new Missing("The test of Vagrant starts libvirt, which takes root");
  }
  const missing = Object.entries(needed).filter(([name]) =>
    !findExecutable(name)
  );
  if (missing.length === 0) return;
  const packages = missing.map(([, name]) => name).join(" ");
  throw new Missing(
    `The test of Vagrant lacks ${missing[0]?.[0]}: apt-get install ${packages}`,
  );
}

/** Runs a program to its end with this process's own output; its status. */
async function run(
  command: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<number> {
  const child = new Deno.Command(command, { args: [...args], env }).spawn();
  return (await child.status).code;
}

/** The data folder that has the box own-bookworm, built now where there is none. */
async function haveBox(folder: string): Promise<string> {
  if ((await ownBoxes()).some(({ id }) => id === "own-bookworm")) {
    return dataFolder().replace(/\/ringside$/, "");
  }
  const data = `${folder}/data`;
  const args = ["run", "-A", ...importMap(), here("../../kernels/main.ts")];
  const status = await run(Deno.execPath(), [...args, "box"], {
    XDG_DATA_HOME: data,
  });
  if (status !== 0) throw new Missing("The box could not be built");
  return data;
}

/** Runs the test in a laboratory that leaves nothing; its status. */
async function main(argv: readonly string[]): Promise<number> {
  check();
  const info = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json"],
  }).output();
  const { denoDir } = JSON.parse(new TextDecoder().decode(info.stdout));
  const folder = await Deno.makeTempDir({
    dir: "/var/tmp",
    prefix: "ringside-vagrant-",
  });
  try {
    const data = await haveBox(folder);
    return await run(here("lab.sh"), [
      ...[folder, Deno.execPath(), "test", "-A", ...importMap()],
      ...[...argv, here("machines_test.ts")],
    ], {
      LAB: folder,
      DENO_DIR: denoDir,
      XDG_DATA_HOME: data,
      XDG_CACHE_HOME: `${folder}/xdg`,
      VAGRANT_HOME: `${folder}/home`,
      VAGRANT_DOTFILE_PATH: `${folder}/state`,
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) await exitWith(main);
