/**
 * Kernels that are on this machine already, and those at an address.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import type { Kernel } from "../../kernels/kernel.ts";
import { ownKernels } from "../../kernels/own.ts";
import { cached, held } from "../../kernels/provision.ts";
import { selectKernels } from "../../kernels/select.ts";
import { withFifo } from "./fifo.ts";
import { bzImage, concat, type Data, deb, digest } from "./kernels_archive.ts";
import { Lab } from "./kernels_lab.ts";
import { rpm } from "./kernels_rpm.ts";

/** The row that `x=AT` names. */
function row(at: string): Kernel {
  const [kernel] = selectKernels([`x=${at}`], []);
  assert.ok(kernel);
  return kernel;
}

async function write(path: string, bytes: Data): Promise<void> {
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  await Deno.writeFile(path, bytes);
}

/** An ELF file with the two segments that matter: the banner, and a note. */
function vmlinux(release: string, note = 18, machine = 62): Data {
  const bytes = new Uint8Array(1024);
  const view = new DataView(bytes.buffer);
  const little = true;
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1]);
  view.setUint16(0x12, machine, little);
  view.setUint32(0x20, 64, little);
  view.setUint16(0x38, 2, little);
  const segment = (at: number, type: number, from: number): void => {
    view.setUint32(at, type, little);
    view.setUint32(at + 8, from, little);
    view.setUint32(at + 32, 256, little);
  };
  segment(64, 1, 256);
  segment(120, 4, 512);
  const banner = `%s\0Linux version %s\0Linux version ${release} (who@where)`;
  bytes.set(new TextEncoder().encode(banner), 300);
  [4, 8, note, 0x006e6558].forEach((word, i) =>
    view.setUint32(512 + i * 4, word, little)
  );
  return bytes;
}

const release = "6.6.1-own";
const image = bzImage(release);

describe("LABEL=PATH", () => {
  const path = `lib/modules/${release}/vmlinuz`;
  const packages: Record<string, () => Promise<Data>> = {
    deb: () => deb({ [`./${path}`]: image }),
    rpm: () => rpm({ [path]: image }),
  };
  for (const [ending, make] of Object.entries(packages)) {
    it(`takes a .${ending}, and unpacks it once`, async () => {
      await using lab = await Lab.open(undefined);
      const path = `${lab.cache}/own.${ending}`;
      await write(path, await make());
      const { from, ...first } = await lab.have({}, row(path));
      assert.equal(first.release, release);
      assert.equal(from, path);
      assert.deepEqual(await Deno.readFile(first.path), image);
      const told = lab.told.length;
      assert.equal((await lab.have({}, row(path))).path, first.path);
      assert.equal(lab.told.length, told);
      assert.deepEqual(lab.archive.requests, []);
    });
  }

  it("takes the folder of a build, by its bzImage or its vmlinux", async () => {
    await using lab = await Lab.open(undefined);
    const build = `${lab.cache}/build`;
    await write(`${build}/vmlinux`, vmlinux("5.4.1"));
    assert.equal((await lab.have({}, row(build))).release, "5.4.1");
    await write(`${build}/arch/x86/boot/bzImage`, image);
    assert.equal((await lab.have({}, row(build))).release, release);
    assert.equal((await cached(row(build), lab.options))?.release, release);
  });

  it("is said to be unreadable where it is, and not to be had where it is gone", async () => {
    await using lab = await Lab.open(undefined);
    const path = `${lab.cache}/own`;
    await write(path, image);
    const own = row(path);
    assert.deepEqual(await held(own, lab.options), {
      had: release,
      from: path,
    });
    await Deno.remove(path);
    await Deno.symlink(path, path);
    assert.deepEqual(await held(own, lab.options), {
      had: "cannot be read: Too many levels of symbolic links",
    });
    await Deno.remove(path);
    assert.deepEqual(await held(own, lab.options), {});
  });

  it("takes a vmlinux that QEMU can boot, and no other ELF file", async () => {
    await using lab = await Lab.open(undefined);
    const path = `${lab.cache}/vmlinux`;
    await write(path, vmlinux("5.4.1-x"));
    assert.equal((await lab.have({}, row(path))).release, "5.4.1-x");
    const refused = async (bytes: Data, why: RegExp): Promise<void> => {
      await write(path, bytes);
      assert.throws(() => row(path), { name: "UsageError", message: why });
    };
    await refused(vmlinux("5.4", 17), /without the entry point of CONFIG_PVH/);
    await refused(vmlinux("x"), /is not a Linux kernel image but an ELF file/);
    await refused(vmlinux("5.4", 18, 183), /but not for x86-64/);
    await refused(vmlinux("5.4").slice(0, 40), /but not for x86-64/);
  });

  it("says what is wrong with a folder that is no build, with a FIFO, and with a damaged package", async () => {
    await using lab = await Lab.open(undefined);
    assert.throws(() => row(lab.cache), {
      message:
        /it is a folder without arch\/x86\/boot\/bzImage or arch\/arm64\/boot\/Image; give a bzImage/,
    });
    await withFifo((fifo) =>
      assert.throws(() => row(fifo), {
        message: /: it is not a regular file; /,
      })
    );
    const path = `${lab.cache}/own.deb`;
    await write(path, concat("!<arch>\n", new Uint8Array(70)));
    assert.match(
      await lab.refusal({}, row(path)),
      /^Cannot unpack the kernel's package: The archive is damaged at byte 8$/,
    );
  });

  it("finds a vmlinux in the folder of own kernels", async () => {
    await using lab = await Lab.open(undefined);
    await write(`${lab.cache}/own/mine/vmlinux`, vmlinux("5.4.1"));
    const [kernel] = await ownKernels(`${lab.cache}/own`);
    assert.ok(kernel);
    assert.equal((await lab.have({}, kernel)).release, "5.4.1");
  });
});

describe("LABEL=URL#sha256=HEX", () => {
  it("takes an image or a package, once, and then asks nobody", async () => {
    await using lab = await Lab.open(undefined);
    const { archive } = lab;
    archive.files.set("bzImage", image);
    archive.files.set("x.deb", await deb({ "./boot/vmlinuz-x": image }));
    for (const [name, bytes] of archive.files) {
      if (!["bzImage", "x.deb"].includes(name)) continue;
      const kernel = row(`${archive.url}/${name}#sha256=${digest(bytes)}`);
      const { path, from } = await lab.have({}, kernel);
      assert.deepEqual(await Deno.readFile(path), image);
      assert.equal(from, `${archive.url}/${name}`);
      const asked = archive.requests.length;
      assert.equal((await lab.have({ offline: true }, kernel)).path, path);
      assert.equal(archive.requests.length, asked);
    }
  });

  it("refuses other bytes than were named", async () => {
    await using lab = await Lab.open(undefined);
    lab.archive.files.set("bzImage", image);
    const kernel = row(`${lab.archive.url}/bzImage#sha256=${"0".repeat(64)}`);
    assert.match(
      await lab.refusal({}, kernel),
      /^Cannot trust .*bzImage: its checksum is [0-9a-f]{64}, and the command line says 0{64}; fetch it by hand and give the file as LABEL=PATH$/,
    );
    assert.match(
      await lab.refusal({ offline: true }, kernel),
      /^bzImage is not in the cache; run it once without --offline/,
    );
  });

  it("is refused without a checksum", () => {
    for (const sum of ["", "#sha256=", "#sha256=12", "#md5=1"]) {
      assert.throws(() => row(`https://a.example/x${sum}`), {
        name: "UsageError",
        message: /known by its checksum; give it as URL#sha256=HEX/,
      });
    }
  });
});
