/**
 * `deno task test:vagrant`: the driver of Vagrant for real, from a box that is built of packages
 * to machines that come up, prove every claim, and are gone. As root; on a machine of two cores
 * without KVM it takes about ten minutes.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { findExecutable, output } from "../../kernels/executable.ts";
import { dataFolder } from "../../kernels/folders.ts";
import { interruption } from "../../kernels/interruption.ts";
import { ownBoxes } from "../../kernels/vagrant/boxes.ts";
import { exitWith } from "../exit.ts";
import { Missing } from "../freight.ts";
import { importArguments } from "../imports.ts";
import { Workplace } from "../workplace.ts";

const here = (name: string): string =>
  fileURLToPath(new URL(name, import.meta.url));

/** The packages of Debian that have what the test starts, by the programs. */
const needed = {
  vagrant: "vagrant vagrant-libvirt",
  libvirtd: "libvirt-daemon-system libvirt-daemon-driver-qemu",
  virsh: "libvirt-clients",
  dnsmasq: "dnsmasq-base",
  iptables: "iptables",
  ip: "iproute2",
};

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

/** The data folder that has the box own-bookworm, built now where there is none. */
async function haveBox(place: Workplace): Promise<string> {
  if ((await ownBoxes()).some(({ id }) => id === "own-bookworm")) {
    return dataFolder().replace(/\/ringside$/, "");
  }
  const data = `${place.path}/data`;
  const kernels = here("../../kernels/main.ts");
  const status = await place.run([
    ...[Deno.execPath(), "run", "-A", ...importArguments(), kernels, "box"],
  ], { env: { XDG_DATA_HOME: data } });
  if (status !== 0) throw new Missing("The box could not be built");
  return data;
}

/** Runs the test in a laboratory that leaves nothing; its status. */
async function test(
  argv: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  const info = await output(Deno.execPath(), ["info", "--json"]);
  const { denoDir } = JSON.parse(info.stdout);
  await using place = await Workplace.open(signal);
  const data = await haveBox(place);
  return await place.run([
    ...[here("lab.sh"), place.path, Deno.execPath(), "test", "-A"],
    ...[...importArguments(), ...argv, here("machines_test.ts")],
  ], {
    env: {
      LAB: place.path,
      DENO_DIR: denoDir,
      XDG_DATA_HOME: data,
      XDG_CACHE_HOME: `${place.path}/xdg`,
      VAGRANT_HOME: `${place.path}/home`,
      VAGRANT_DOTFILE_PATH: `${place.path}/state`,
    },
  });
}

async function main(argv: readonly string[]): Promise<number> {
  check();
  using interrupted = interruption();
  return await test(argv, interrupted.signal);
}

if (import.meta.main) await exitWith(main);
