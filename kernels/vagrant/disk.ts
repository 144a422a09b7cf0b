/**
 * A disk that a BIOS boots, made out of a folder, without a loop device and without a mount: the
 * file system is filled as it is made, and the boot loader is written to its place byte by byte.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { Unavailable } from "../kernel.ts";
import { act, type Watch } from "./act.ts";

/** The programs it is made with, and the packages that have them. */
export const diskTools = {
  mke2fs: "e2fsprogs",
  "grub-mkimage": "grub-common",
  "qemu-img": "qemu-utils",
};

const GIBIBYTES = 2;
const SECTOR = 512;
const SECTORS = GIBIBYTES * 2 ** 30 / SECTOR;
/** The first megabyte is the boot loader's, as every partitioner leaves it. */
const FIRST_SECTOR = 2048;
const GRUB = "/usr/lib/grub/i386-pc";

/** What the boot loader needs to read a file system and to start a kernel. */
const modules = ["biosdisk", "part_msdos", "ext2", "linux"];

/** It has the menu inside, so that it looks for no file of its own. */
const menu = [
  "set root=(hd0,msdos1)",
  // Interfaces keep the name that the network's settings know them by.
  "linux /vmlinuz root=LABEL=ringside ro quiet console=ttyS0 net.ifnames=0",
  "initrd /initrd.img",
  "boot",
  "",
].join("\n");

/** Makes the image of a disk out of the folder `root`, as qcow2; returns its size in GiB. */
export async function writeDisk(
  root: string,
  image: string,
  watch: Watch,
): Promise<number> {
  const raw = `${image}.raw`;
  await Deno.create(raw).then((file) => file.close());
  await Deno.truncate(raw, SECTORS * SECTOR);
  await act("mke2fs", [
    ...["-q", "-t", "ext4", "-L", "ringside", "-d", root],
    // What every ext4 has had for ten years: newer features are none of the boot loader's.
    ...["-O", "none,has_journal,extent,filetype,dir_index,sparse_super"],
    ...["-E", `offset=${FIRST_SECTOR * SECTOR}`],
    ...[raw, `${(SECTORS - FIRST_SECTOR) / 2}k`],
  ], watch);
  await writeLoader(raw, watch);
  await act("qemu-img", ["convert", "-c", "-O", "qcow2", raw, image], watch);
  return GIBIBYTES;
}

/** The first sector is the loader's beginning and the table of partitions; its rest follows. */
async function writeLoader(raw: string, watch: Watch): Promise<void> {
  const settings = join(dirname(raw), "grub.cfg");
  await Deno.writeTextFile(settings, menu);
  const core = join(dirname(raw), "core.img");
  await act("grub-mkimage", [
    ...["-O", "i386-pc", "-d", GRUB, "-p", "/boot/grub"],
    ...["-c", settings, "-o", core, ...modules],
  ], watch);
  const bytes = await Deno.readFile(core);
  if (bytes.length > (FIRST_SECTOR - 1) * SECTOR) {
    throw new Unavailable(
      `The box cannot be built: the boot loader has ${bytes.length} bytes, more than fit before the partition`,
    );
  }
  const first = await Deno.readFile(`${GRUB}/boot.img`);
  const table = 446; // where this loader has code for floppies
  first.fill(0, table, 510).set(partition(), table);
  using disk = await Deno.open(raw, { write: true });
  await writeAt(disk, 0, first);
  await writeAt(disk, SECTOR, bytes);
}

/** The table's first entry: active, of type Linux, by sector numbers (cylinders are long gone). */
function partition(): Uint8Array {
  const beyond = [0xfe, 0xff, 0xff]; // of what cylinders can count
  const words = [FIRST_SECTOR, SECTORS - FIRST_SECTOR]; // little endian, as all that runs this
  const numbers = new Uint8Array(new Uint32Array(words).buffer);
  return new Uint8Array([0x80, ...beyond, 0x83, ...beyond, ...numbers]);
}

async function writeAt(
  disk: Deno.FsFile,
  at: number,
  bytes: Uint8Array,
): Promise<void> {
  await disk.seek(at, Deno.SeekMode.Start);
  for (let done = 0; done < bytes.length;) {
    done += await disk.write(bytes.subarray(done));
  }
}
