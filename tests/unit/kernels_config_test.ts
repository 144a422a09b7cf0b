/**
 * What a kernel lacks is said before it is booted.
 *
 * @module
 */
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { describe, it } from "@std/testing/bdd";
import { lacks } from "../../kernels/config.ts";
import { selectKernels } from "../../kernels/select.ts";
import { bzImage, concat, type Data, deb, pipe } from "./kernels_archive.ts";
import { config, options } from "./kernels_config.ts";
import { Lab } from "./kernels_lab.ts";

/** An image whose packed kernel carries the configuration. */
async function carrying(
  text: string,
  program: string,
  args: string[],
): Promise<Data> {
  const noise = crypto.getRandomValues(new Uint8Array(65_536));
  const packed = new Uint8Array(gzipSync(text));
  const kernel = concat(noise, "IKCFG_ST", packed, "IKCFG_ED", noise);
  const payload = await pipe(program, args, kernel);
  const size = program === "gzip" ? "" : new Uint8Array([1, 2, 3, 4]);
  const image = bzImage("5.4.1", { size: 2688 });
  const view = new DataView(image.buffer);
  const little = true;
  view.setUint32(0x248, 640, little); // The payload begins behind the image's own 640 bytes.
  view.setUint32(0x24c, payload.length + size.length, little);
  return concat(image, payload, size);
}

async function write(
  lab: Lab,
  name: string,
  bytes: Data | string,
): Promise<string> {
  const path = `${lab.cache}/${name}`;
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  await Deno.writeFile(path, concat(bytes));
  return path;
}

describe("a configuration", () => {
  it("lacks what is not built in: modules are not there when a guest begins", () => {
    assert.deepEqual(lacks(config()), []);
    const missing = lacks(
      config("MEMBARRIER").replace("BPF_SYSCALL=y", "BPF_SYSCALL=m"),
    );
    assert.deepEqual(missing.map(({ option }) => option), [
      "BPF_SYSCALL",
      "MEMBARRIER",
    ]);
    assert.equal(lacks("").length, options.length);
    const arm64 = lacks(config(), "aarch64").map(({ option }) => option);
    assert.deepEqual(arm64, [
      "SERIAL_AMBA_PL011_CONSOLE",
      "PCI_HOST_GENERIC",
      "SERIAL_8250_PCI",
    ]);
  });

  it("is found beside an image, as builds, /boot and own folders have it", async () => {
    await using lab = await Lab.open(undefined);
    const places = [
      ["a/arch/x86/boot/bzImage", "a/.config"],
      ["b/vmlinuz-5.4.1", "b/config-5.4.1"],
      ["c/bzImage", "c/config"],
    ];
    for (const [image = "", beside = ""] of places) {
      const path = await write(lab, image, bzImage("5.4.1"));
      const [row] = selectKernels([`x=${path}`], []);
      assert.equal((await lab.have({}, row)).release, "5.4.1");
      await write(lab, beside, config("ADVISE_SYSCALLS"));
      const error = await lab.have({}, row).catch((error) => error);
      assert.equal(
        error.message,
        "5.4.1 is built without CONFIG_ADVISE_SYSCALLS=y: Deno dies at its start, " +
          "for V8 calls madvise(2); build it with that, or name another",
      );
    }
  });

  it("is found in a package, and what is not vital is only told", async () => {
    await using lab = await Lab.open(undefined);
    const bytes = await deb({
      "./boot/config-5.4.1": new TextEncoder().encode(config("PERF_EVENTS")),
      "./boot/vmlinuz-5.4.1": bzImage("5.4.1"),
    });
    const [row] = selectKernels([`x=${await write(lab, "x.deb", bytes)}`], []);
    assert.equal((await lab.have({}, row)).release, "5.4.1");
    assert.equal(
      lab.told.at(-1),
      "warning: 5.4.1 is built without CONFIG_PERF_EVENTS=y: there are no perf buffers",
    );
  });

  const packers: [string, string[]][] = [
    ["gzip", ["-c"]],
    ["xz", ["-c", "--check=crc32"]],
    ["zstd", ["-c", "-q"]],
  ];
  for (const [program, args] of packers) {
    it(`is found in an image packed by ${program}, and looked for once`, async () => {
      await using lab = await Lab.open(undefined);
      const image = await carrying(config("BLK_DEV_INITRD"), program, args);
      const path = await write(lab, "bzImage", image);
      const [row] = selectKernels([`x=${path}`], []);
      const refused =
        /without CONFIG_BLK_DEV_INITRD=y: it cannot unpack the ar/;
      await assert.rejects(lab.have({}, row), { message: refused });
      const [kept] = [...Deno.readDirSync(`${lab.cache}/kernels/configs`)];
      const place = `${lab.cache}/kernels/configs/${kept?.name}`;
      assert.equal(await Deno.readTextFile(place), config("BLK_DEV_INITRD"));
      await Deno.writeTextFile(place, config());
      assert.equal((await lab.have({}, row)).release, "5.4.1");
    });
  }
});
