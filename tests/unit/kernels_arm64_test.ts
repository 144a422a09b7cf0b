/**
 * Guests of another processor: their images, their libraries, their Deno.
 *
 * @module
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { gzipSync } from "node:zlib";
import { readElf } from "../../kernels/elf.ts";
import { keptFolder } from "../../kernels/kept_folder.ts";
import { readHeader } from "../../kernels/image.ts";
import type { Kernel } from "../../kernels/kernel.ts";
import { debianLibraries } from "../../kernels/debian_libraries.ts";
import { acceptable, npmDeno } from "../../kernels/npm_deno.ts";
import { closure } from "../../kernels/userland.ts";
import { elf, type Says } from "./elf_writer.ts";
import { bzImage, concat, type Data, deb, Key } from "./kernels_archive.ts";
import { Lab, suite } from "./kernels_lab.ts";
import { Dice } from "./dice.ts";

let key: Key;
let folder = "";
before(async () => {
  key = await Key.make();
  folder = await Deno.makeTempDir({ prefix: "arm64-" });
});
after(async () => {
  await key[Symbol.asyncDispose]();
  await Deno.remove(folder, { recursive: true });
});

/** A kernel for arm64 of `release`, with an EFI stub of one section up to its end. */
function arm64Image(release: string, at = 5000): Data {
  const bytes = new Uint8Array(at + 600);
  const view = new DataView(bytes.buffer);
  const little = true;
  bytes.set(concat("MZ"), 0);
  bytes.set(concat("ARM\x64"), 56);
  view.setUint32(60, 64, little);
  bytes.set(concat("PE\0\0"), 64);
  view.setUint16(64 + 6, 1, little);
  view.setUint16(64 + 20, 160, little);
  view.setUint32(64 + 24 + 160 + 16, bytes.length - 512, little);
  view.setUint32(64 + 24 + 160 + 20, 512, little);
  const decoy = "Linux version %s (nobody)\0";
  bytes.set(concat(decoy, `Linux version ${release} (a@b) #1\0`), at);
  return bytes;
}

function header(bytes: Uint8Array): ReturnType<typeof readHeader> {
  Deno.writeFileSync(`${folder}/image`, bytes);
  return readHeader(`${folder}/image`);
}

describe("an image for arm64", () => {
  it("tells its release by its banner, wherever that is, packed or not", () => {
    const piece = 1 << 22; // as kernels/banner.ts reads
    for (const at of [512, 5000, piece - 270, piece - 200, piece - 20, piece]) {
      for (const release of ["6.12.117+deb13-arm64-16k", "7.3.4-x_y~z"]) {
        const image = arm64Image(release, at);
        assert.deepEqual(header(image), { release, arch: "aarch64" });
        const packed = gzipSync(image);
        assert.deepEqual(header(packed), { release, arch: "aarch64" });
      }
    }
    assert.equal(header(bzImage("5.4")).arch, "x86_64");
  });

  it("is refused cut anywhere, damaged or of another kind, and says so", () => {
    const whole = arm64Image("6.1");
    const packed = gzipSync(whole);
    const refused = (bytes: Uint8Array, message: RegExp): void =>
      assert.throws(() => header(bytes), { name: "NotAnImage", message });
    for (let size = 300; size < whole.length; size += 291) {
      refused(whole.subarray(0, size), /^is cut short: \d+ of 5600 bytes$/);
    }
    for (let size = 0; size < 60; size++) {
      refused(whole.subarray(0, size), /^is not a Linux kernel image$/);
    }
    for (let size = 2; size < packed.length; size += 7) {
      refused(packed.subarray(0, size), /damaged or cut short$/);
    }
    refused(gzipSync("text"), /but of no Linux kernel for arm64$/);
    refused(arm64Image("%s"), /without a version$/);
  });
});

describe("an ELF file", () => {
  const read = (bytes: Uint8Array): ReturnType<typeof readElf> => {
    Deno.writeFileSync(`${folder}/elf`, bytes);
    return readElf(`${folder}/elf`);
  };

  it("tells what it needs, whatever it is for and wherever it is loaded", () => {
    const dice = new Dice(20_261_123);
    const whole = (limit: number): number => dice.below(limit);
    const word = (): string => `lib${whole(1e9)}.so.${whole(9)}`;
    for (let round = 0; round < 200; round++) {
      const [machine, arch] = whole(2) ? [62, "x86_64"] : [183, "aarch64"];
      const says = {
        machine: Number(machine),
        shift: whole(3) * 0x1000,
        needed: Array.from({ length: whole(9) }, word),
        ...whole(2) ? { soname: word() } : {},
        ...whole(2) ? { loader: `/lib/ld-${whole(99)}.so.1` } : {},
      };
      const { needed, soname, loader }: Says = says;
      assert.deepEqual(read(elf(says)), { arch, needed, soname, loader });
    }
  });

  it("says what anything else is, and reads nothing outside of it", () => {
    const whole = elf({ machine: 183, soname: "liba.so.1", needed: ["b"] });
    for (let size = 0; size < 64; size++) {
      assert.throws(
        () => read(whole.slice(0, size)),
        /is no binary for x86-64 or arm64$/,
      );
    }
    for (let size = 64; size < whole.length; size++) {
      assert.equal(read(whole.slice(0, size)).arch, "aarch64");
    }
    assert.throws(() => read(elf({ machine: 40 })), /is no binary for/);
    assert.ok(readElf(Deno.execPath()).needed.includes("libc.so.6"));
  });
});

describe("the libraries of a guest", () => {
  it("are all that any of them needs, or it says which is missing", async () => {
    const there = new Map<string, string>();
    const library = async (soname: string, ...needed: string[]) => {
      const path = `${folder}/${soname}`;
      await Deno.writeFile(path, elf({ machine: 183, soname, needed }));
      there.set(soname, path);
    };
    await library("libbpf.so.1", "libelf.so.1", "libc.so.6");
    await library("libelf.so.1", "libz.so.1", "libc.so.6");
    await library("libc.so.6", "ld.so.1");
    await library("ld.so.1");
    await library("libother.so.1", "libgone.so.1");
    const sonames = (...wanted: string[]): string[] =>
      closure([], wanted, there).map(([soname]) => soname);
    assert.throws(
      () => sonames("libbpf.so.1"),
      /libelf\.so\.1 needs libz\.so\.1, which is in none of its packages/,
    );
    await library("libz.so.1", "libc.so.6", "libelf.so.1");
    assert.deepEqual(sonames("libbpf.so.1"), [
      ...["ld.so.1", "libbpf.so.1", "libc.so.6", "libelf.so.1", "libz.so.1"],
    ]);
  });

  it("come out of Debian's signed packages, by their sonames, whole or again", async () => {
    await using lab = await Lab.open(key);
    const { archive, cache, options } = lab;
    const soname = "libbpf.so.1";
    const library = elf({ machine: 183, soname, needed: ["libc.so.6"] });
    const files = {
      "./usr/lib/aarch64-linux-gnu/libbpf.so.1.1.2": library,
      "./usr/lib/aarch64-linux-gnu/libbpf.so": concat("GROUP ( libbpf.so.1 )"),
      "./usr/share/doc/libbpf1/copyright": concat("text"),
      "./usr/lib/../../../../evil.so.1": library,
    };
    const pack = async (version: string) => ({
      ...{ name: "libbpf1", version, deb: await deb(files) },
    });
    const entries = [await pack("1:1.1.2"), await pack("1:1.1.1")];
    await archive.publish("bookworm", entries, [], "arm64");
    const mirrors = { ...options.mirrors, security: archive.url };
    const have = (more = {}) =>
      debianLibraries("aarch64", ["libbpf1"], { ...options, mirrors, ...more });
    const path = (await have()).get(soname) ?? "";
    assert.deepEqual(await Deno.readFile(path), library);
    const asked = archive.requests.length;
    assert.deepEqual([...(await have()).keys()], [soname]);
    assert.equal(archive.requests.length, asked, "it asked again");
    assert.equal(lab.asked("1:1.1.2_arm64.deb"), 1);
    assert.equal(lab.asked("1:1.1.1_arm64.deb"), 0);

    await Deno.truncate(path, 100);
    assert.deepEqual(
      await Deno.readFile((await have()).get(soname) ?? ""),
      library,
    );
    assert.equal(lab.asked("1:1.1.2_arm64.deb"), 2);
    await have({ offline: true });
    await Deno.remove(`${cache}/userland`, { recursive: true });
    await assert.rejects(
      have({ offline: true }),
      /libbpf1 is not in the cache/,
    );
    archive.files.set("pool/libbpf1_1:1.1.2_arm64.deb", concat("something"));
    await assert.rejects(have(), /cut short|checksum/);
    await assert.rejects(
      debianLibraries("aarch64", ["libgone1"], { ...options, mirrors }),
      /404|Debian has no package libgone1 for arm64/,
    );
    assert.deepEqual(
      Array.from(Deno.readDirSync(`${cache}/userland`), ({ name }) => name)
        .filter((name) => !name.endsWith(".json")),
      [],
    );
  });

  it("warn each time of an index that nobody could check, and are asked for again", async () => {
    await using lab = await Lab.open(undefined);
    const { archive, told } = lab;
    const soname = "libbpf.so.1";
    const library = elf({ machine: 183, soname, needed: [] });
    const packed = await deb({ "./usr/lib/libbpf.so.1.1.2": library });
    const named = { name: "libbpf1", version: "1", deb: packed };
    await archive.publish("bookworm", [named], [], "arm64");
    const mirrors = { ...lab.options.mirrors, security: archive.url };
    const options = { ...lab.options, mirrors };
    for (const offline of [false, false, true]) {
      told.length = 0;
      const more = { ...options, offline };
      const there = await debianLibraries("aarch64", ["libbpf1"], more);
      assert.deepEqual([...there.keys()], [soname]);
      assert.deepEqual(told.filter((text) => text.startsWith("warning: ")), [
        "warning: signature of the index of bookworm not checked: " +
        "Debian's keys (debian-archive-keyring) are not here",
      ]);
    }
    assert.equal(lab.asked("bookworm/InRelease"), 2);
    assert.equal(lab.asked("libbpf1_1_arm64.deb"), 1);
  });
});

describe("a row of another processor", () => {
  it("takes the packages of its own, from the same suite", async () => {
    await using lab = await Lab.open(key);
    const release = "6.12.10-arm64";
    const files = { [`./boot/vmlinuz-${release}`]: arm64Image(release) };
    const entry = {
      name: `linux-image-${release}`,
      version: "6.12.10",
      deb: await deb(files),
    };
    await lab.archive.publish(suite, [entry], [], "arm64");
    const kernel: Kernel = {
      ...{ id: "arm64", label: "arm64", cmdline: [], arch: "aarch64" },
      source: {
        kind: "apt",
        archives: [{ site: "debian", suite, arch: "aarch64" }],
        image: /^linux-image-6\.12\.\d+-arm64$/,
      },
    };
    for (const offline of [false, true]) {
      const image = await lab.have({ offline }, kernel);
      assert.deepEqual([image.release, image.arch], [release, "aarch64"]);
    }
    const cache = `${lab.cache}/other`;
    await assert.rejects(
      lab.have({ cache }),
      /lists no packages for amd64/,
    );
  });
});

describe("Deno for another processor", () => {
  it("is the newest of the same minor version that is not newer", () => {
    assert.equal(acceptable("2.9.6"), ">=2.9.0 <=2.9.6");
    assert.equal(acceptable("3.0.0"), ">=3.0.0 <=3.0.0");
  });

  it("is had where the next one removes what a killed run left", async () => {
    const cache = `${folder}/npm`;
    const left = `${cache}/userland/.part-left`;
    await Deno.mkdir(`${left}/node_modules`, { recursive: true });
    await Deno.utime(left, 1, 1);
    const signal = AbortSignal.abort(new Error("enough"));
    const options = { cache, offline: false, mirrors: {}, signal };
    await assert.rejects(npmDeno("aarch64", options), /enough/);
    assert.deepEqual([...Deno.readDirSync(`${cache}/userland`)], []);
  });
});

describe("a kept folder", () => {
  it("is made once, and again when a file of it is damaged or gone", async () => {
    let made = 0;
    const have = () =>
      keptFolder(`${folder}/kept`, async (part) => {
        await Deno.writeTextFile(`${part}/a`, `${++made}`);
        await Deno.writeTextFile(`${part}/b`, "b");
      });
    await have();
    assert.equal(await have(), `${folder}/kept`);
    assert.equal(made, 1);
    await Deno.writeTextFile(`${folder}/kept/b`, "c");
    await Promise.all([have(), have(), have()]);
    assert.equal(await Deno.readTextFile(`${folder}/kept/b`), "b");
    assert.ok(made >= 2);
    await Deno.remove(`${folder}/kept/a`);
    const before = made;
    await have();
    assert.equal(made, before + 1);
    const broken = () => Promise.reject(new Error("broken"));
    await assert.rejects(keptFolder(`${folder}/never`, broken), /broken/);
    const names = Array.from(Deno.readDirSync(folder), ({ name }) => name);
    assert.deepEqual(names.filter((name) => /never|part$/.test(name)), []);
  });
});
