/**
 * Builds a box: a small Debian with its own kernel, made of the distribution's packages, which
 * Vagrant takes up by libvirt. For where the public catalogue of boxes cannot be reached, and for
 * a suite that has no box there.
 *
 * @module
 */
import { join } from "node:path";
import { digestOf } from "../digest.ts";
import { findExecutable } from "../executable.ts";
import { Unavailable } from "../kernel.ts";
import { archiveUrl, debianSite, type Mirrors } from "../sites.ts";
import { openWorkshop } from "../workshop.ts";
import { diskTools, writeDisk } from "./disk.ts";
import { furnish } from "./furnish.ts";
import { act, type Watch } from "./act.ts";
import { boxFolder } from "./boxes.ts";

/** What a box is built of, and who watches. */
export interface BoxOptions {
  /** A suite of Debian, such as `bookworm`; the box is the row `own-SUITE`. */
  readonly suite: string;
  readonly mirrors: Mirrors;
  readonly signal?: AbortSignal;
  /** Takes one line about what is done now. */
  readonly progress?: (text: string) => void;
}

/** A box that was built. */
export interface BuiltBox {
  /** Path of the catalogue that Vagrant is given. */
  readonly catalogue: string;
  /** Of the box, in bytes. */
  readonly size: number;
}

/**
 * What is in it beside the smallest Debian: a kernel for virtual machines, an init, a way in.
 * The network is systemd's own.
 */
const packages = [
  "linux-image-cloud-amd64",
  "systemd-sysv",
  "dbus",
  "udev",
  "openssh-server",
  "sudo",
];

/** The programs it is built with, and the packages that have them; Vagrant has the key. */
const tools = {
  ...{ debootstrap: "debootstrap", gpgv: "gpgv", ...diskTools },
  ...{ tar: "tar", vagrant: "vagrant" },
};

/**
 * Builds the box of a suite and puts it where the Vagrantfile finds it, in place of an older one.
 *
 * @throws {Unavailable} when a tool is missing, when this is not root, or when a step fails, with its
 *   last words.
 */
export async function buildBox(options: BoxOptions): Promise<BuiltBox> {
  checkTools();
  const folder = boxFolder();
  const place = join(folder, options.suite);
  await using workshop = await openWorkshop(folder);
  const part = workshop.path;
  await Deno.mkdir(join(part, "box"));
  const size = await build(part, place, options);
  await Deno.remove(place, { recursive: true }).catch(() => {});
  await Deno.rename(join(part, "box"), place);
  return { catalogue: join(place, "catalogue.json"), size };
}

function checkTools(): void {
  if (Deno.uid() !== 0) {
    throw new Unavailable(
      "The box cannot be built: debootstrap needs root " +
        "(run it as root, with your XDG_DATA_HOME: see docs/vagrant.md)",
    );
  }
  const missing = Object.entries(tools).find(([tool]) => !findExecutable(tool));
  if (missing === undefined) return;
  const [tool, name] = missing;
  throw new Unavailable(
    `The box cannot be built: ${tool} is not installed (on Debian: apt-get install ${name})`,
  );
}

/** From packages to a box and its catalogue in `part`/box; the size of the box. */
async function build(
  part: string,
  place: string,
  { suite, mirrors, signal, progress = () => {} }: BoxOptions,
): Promise<number> {
  const watch: Watch = { signal, progress };
  const root = join(part, "root");
  const site = debianSite(suite, mirrors);
  progress("packages, by debootstrap");
  await act("debootstrap", [
    "--force-check-gpg",
    "--variant=minbase",
    `--include=${packages.join(",")}`,
    suite,
    root,
    (await archiveUrl({ site, suite }, mirrors)).href,
    // Every suite is made as it is, also one that is younger than this debootstrap.
    "sid",
  ], watch);
  progress("settings");
  await furnish(root, watch);
  progress("disk");
  const image = join(part, "box.img");
  const gibibytes = await writeDisk(root, image, watch);
  const metadata = {
    provider: "libvirt",
    format: "qcow2",
    virtual_size: gibibytes,
  };
  await Deno.writeTextFile(
    join(part, "metadata.json"),
    JSON.stringify(metadata),
  );
  const box = join(part, "box", "libvirt.box");
  // The image is compressed within.
  await act("tar", ["-cf", box, "-C", part, "metadata.json", "box.img"], watch);
  await writeCatalogue(join(part, "box"), place, suite);
  return (await Deno.stat(box)).size;
}

/** By a catalogue Vagrant knows a box's version and sum; a bare file has neither. */
async function writeCatalogue(
  folder: string,
  place: string,
  suite: string,
): Promise<void> {
  const now = new Date().toISOString().replaceAll(/[-:]|\..*/g, "");
  const provider = {
    name: "libvirt",
    url: `file://${join(place, "libvirt.box")}`,
    checksum_type: "sha256",
    checksum: await digestOf(join(folder, "libvirt.box")),
  };
  const version = now.replace("T", ".");
  const catalogue = {
    name: `ringside/${suite}`,
    versions: [{ version, providers: [provider] }],
  };
  await Deno.writeTextFile(
    join(folder, "catalogue.json"),
    JSON.stringify(catalogue, null, 2) + "\n",
  );
}
