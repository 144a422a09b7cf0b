/**
 * Rows: their list, the user's own, how they are named, and what an image is.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { hostArch } from "../../kernels/arch.ts";
import { NotAnImage, parseHeader } from "../../kernels/image.ts";
import { kernels } from "../../kernels/list.ts";
import { nearest } from "../../kernels/nearest.ts";
import { ownKernels } from "../../kernels/own.ts";
import {
  matchesGlob,
  selectKernels,
  whyNamedOnly,
} from "../../kernels/select.ts";
import { UsageError } from "../../kernels/usage_error.ts";
import { bzImage, type Odd } from "./kernels_archive.ts";

/** A folder that is gone at the end of its block. */
async function folder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await Deno.makeTempDir();
  return {
    path,
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

function header(bytes: Uint8Array): string {
  return parseHeader(bytes, bytes.length).release;
}

describe("parseHeader", () => {
  it("reads the release of any image", () => {
    for (
      const release of [
        "4.9.0-19-amd64",
        "6.12.117+deb13-amd64",
        "7.3.4",
        "5.4.286-x_y~z",
      ]
    ) {
      for (const sectors of [0, 3, 27]) {
        assert.equal(header(bzImage(release, { sectors })), release);
      }
    }
  });

  it("says what anything else is", () => {
    const refused: [Odd, RegExp][] = [
      [{ magic: "HdrX" }, /^is not a Linux kernel image$/],
      [{ size: 2600 }, /^is cut short: 2600 of 2688 bytes$/],
      [{ flags: 0 }, /not for x86-64$/],
      [{ protocol: 0x20b }, /not for x86-64$/],
      [{ version: "\0" }, /without a version$/],
      [{ version: "\x01\x02 x" }, /without a version$/],
    ];
    for (const [odd, message] of refused) {
      assert.throws(() => header(bzImage("5.4", odd)), {
        name: "NotAnImage",
        message,
      });
    }
    const beginnings: [string, RegExp][] = [
      ["\x7fELF", /but an ELF file$/],
      ["!<arch>\n", /but a package$/],
      [
        "MZ\0\0zimg",
        /for EFI \(CONFIG_EFI_ZBOOT\): take .*Image of the build$/,
      ],
      ["", /^is not a Linux kernel image$/],
    ];
    for (const [text, message] of beginnings) {
      const bytes = (text: string): Uint8Array =>
        Uint8Array.from(text, (c) => c.charCodeAt(0));
      assert.throws(() => header(bytes(text)), { message });
      assert.throws(() => header(bytes(text.padEnd(2000))), {
        message,
      });
    }
  });

  it("refuses what is cut anywhere, and reads nothing outside", () => {
    const whole = bzImage("5.4");
    for (let size = 0; size < whole.length; size += 37) {
      assert.throws(() => header(whole.slice(0, size)), NotAnImage);
    }
  });
});

describe("the list", () => {
  it("has the rows of the matrix in their order", () => {
    assert.deepEqual(kernels.map(({ id }) => id), [
      "debian-4.9",
      "alma-8",
      "debian-4.19",
      "debian-5.4",
      "ubuntu-5.4",
      "debian-5.7",
      "debian-5.8",
      "ubuntu-5.8",
      "debian-5.10",
      "alma-9",
      "ubuntu-5.15",
      "debian-6.1",
      "ubuntu-6.8",
      "debian-6.12",
      "fedora-6.14",
      "debian-7",
      "masked-5.10",
      "debian-5.10-arm64",
      "debian-6.1-arm64",
      "debian-6.12-arm64",
      "debian-6.12-16k-arm64",
      "debian-7-arm64",
    ]);
  });

  it("matches the names that Debian gives, and neither cloud nor debug images", () => {
    const names: Record<string, string> = {
      "debian-4.9": "linux-image-4.9.0-19-amd64",
      "debian-4.19": "linux-image-4.19.0-27-amd64",
      "debian-5.4": "linux-image-5.4.0-4-amd64",
      "debian-5.10": "linux-image-5.10.0-46-amd64",
      "debian-6.12": "linux-image-6.12.117+deb13-amd64",
      "debian-7": "linux-binary-7.3.4+deb13-amd64",
    };
    for (const { id, source } of kernels) {
      const name = names[id];
      if (name === undefined || source.kind !== "apt") continue;
      assert.match(name, source.image);
      for (
        const kind of ["cloud-amd64", "rt-amd64", "amd64-dbg", "amd64-unsigned"]
      ) {
        assert.doesNotMatch(name.replace("amd64", kind), source.image);
      }
    }
  });

  it("says of the simulated row alone that it is simulated", () => {
    const simulated = kernels.filter((kernel) =>
      kernel.simulated !== undefined
    );
    assert.deepEqual(simulated.map(({ id, cmdline }) => [id, cmdline]), [
      ["masked-5.10", ["lsm=bpf"]],
    ]);
  });
});

describe("ownKernels", () => {
  it("has a row for every folder with an image, by version", async () => {
    await using own = await folder();
    for (
      const path of [
        "5.15/bzImage",
        "5.4/vmlinuz",
        "mine/bzImage",
        "mine/vmlinuz",
        "empty/x",
      ]
    ) {
      await Deno.mkdir(`${own.path}/${path.split("/")[0]}`, {
        recursive: true,
      });
      await Deno.writeFile(`${own.path}/${path}`, bzImage("5.4"));
    }
    await Deno.mkdir(`${own.path}/folder/bzImage`, { recursive: true });
    const rows = await ownKernels(own.path);
    assert.deepEqual(rows.map(({ id }) => id), [
      "own-5.4",
      "own-5.15",
      "own-mine",
    ]);
    assert.deepEqual(rows[2]?.source, {
      kind: "file",
      path: `${own.path}/mine/bzImage`,
    });
  });

  it("has none where there is no folder, and says what it is instead", async () => {
    await using own = await folder();
    assert.deepEqual(await ownKernels(`${own.path}/nosuch`), []);
    await Deno.writeTextFile(`${own.path}/file`, "");
    await assert.rejects(ownKernels(`${own.path}/file`), {
      message: `Cannot look for kernels of yours in ${own.path}/file: ` +
        "Not a directory; make it a folder that your user may read, " +
        "or name another place in XDG_DATA_HOME",
    });
  });
});

describe("selectKernels", () => {
  const ids = (...patterns: string[]): string[] =>
    selectKernels(patterns, kernels).map(({ id }) => id);
  const refusal = (...patterns: string[]): string => {
    try {
      ids(...patterns);
    } catch (error) {
      assert.ok(error instanceof UsageError);
      assert.doesNotMatch(error.message, /\n|\.$/);
      return error.message;
    }
    return "";
  };

  it("takes ids and globs, each row once, in the order they were named", () => {
    assert.deepEqual(ids("masked-*", "debian-6*", "*-5.10", "debian-?"), [
      "masked-5.10",
      "debian-6.1",
      "debian-6.12",
      "debian-5.10",
      "debian-7",
    ]);
    const all = kernels.filter(({ arch }) => arch === hostArch);
    assert.deepEqual(ids(), all.map(({ id }) => id));
  });

  it("means another processor's rows only where a pattern means no others", () => {
    const foreign = kernels.filter(({ arch }) => arch !== hostArch);
    const named = foreign.map(({ id }) => id);
    assert.ok(named.length > 0);
    assert.deepEqual(ids("*-arm64"), named);
    assert.deepEqual(ids("debian-6.12*"), ["debian-6.12"]);
    for (const kernel of foreign) {
      assert.deepEqual(ids(kernel.id), [kernel.id]);
      assert.match(whyNamedOnly(kernel) ?? "", /^arm64 is emulated here: /);
    }
    const [own] = selectKernels(["debian-7"], kernels);
    assert.equal(own && whyNamedOnly(own), undefined);
  });

  it("names the nearest ids of an unknown one", () => {
    assert.match(
      refusal("debian-5.1"),
      /^Unknown kernel "debian-5.1"; did you mean debian-5.10/,
    );
    assert.match(refusal("5.10"), /did you mean debian-5.10, masked-5.10 or /);
    assert.match(refusal("debain-6.1"), /did you mean debian-6.1[,1 ]/);
    assert.match(refusal("zzz"), /; there are debian-4.9, .*LABEL=PATH$/);
    assert.match(refusal(""), /^Unknown kernel ""/);
  });

  it("takes an own image as LABEL=PATH", async () => {
    await using own = await folder();
    const path = `${own.path}/a=b`;
    await Deno.writeFile(path, bzImage("5.4"));
    const [row] = selectKernels([`own-5.4=${path}`], kernels);
    assert.deepEqual(row?.source, { kind: "file", path });
    assert.deepEqual(ids(`own-5.4=${path}`, `own-5.4=${path}`), ["own-5.4"]);
    assert.match(
      refusal(`debian-7=${path}`, "debian-7"),
      /^Kernel "debian-7" is named twice/,
    );
    // A label is a folder's name, and a row's: no hidden one, no option.
    for (const label of ["", "a/b", ".", "..", ".x", "-x", "~", "+", "ä"]) {
      assert.match(refusal(`${label}=${path}`), /^Bad label/);
    }
    const long = "x".repeat(61);
    assert.match(
      refusal(`${long}=${path}`),
      /^Bad label "x{20}…": it has 61 characters, use 60 at most$/,
    );
    const longest = long.slice(1);
    assert.deepEqual(ids(`${longest}=${path}`), [longest]);
    assert.deepEqual(ids(`_=${path}`, `5.4~rc1+=${path}`), ["_", "5.4~rc1+"]);
  });

  it("says what is wrong with a file", async () => {
    await using own = await folder();
    await Deno.writeTextFile(`${own.path}/text`, "hello");
    assert.match(
      refusal(`x=${own.path}/text`),
      /: it is not a Linux kernel image; give a bzImage, vmlinuz/,
    );
    assert.match(refusal(`x=${own.path}/nosuch`), /: there is no such file;/);
    assert.match(refusal(`x=${own.path}`), /: it is a folder without arch.x86/);
    assert.match(refusal("x="), /^No file in "x="/);
  });
});

describe("matchesGlob", () => {
  it("takes only * and ? for other letters", () => {
    for (
      const [text, glob] of [
        ["a.c", "a?c"],
        ["a.c", "a*"],
        ["a+(b)", "a+(b)"],
        ["", "*"],
      ]
    ) {
      assert.ok(matchesGlob(text ?? "", glob ?? ""), `${text} ${glob}`);
    }
    for (
      const [text, glob] of [["abc", "a.c"], ["abc", "ab"], ["xabc", "abc"], [
        "a",
        "[a]",
      ]]
    ) {
      assert.ok(!matchesGlob(text ?? "", glob ?? ""), `${text} ${glob}`);
    }
  });
});

describe("nearest", () => {
  it("puts first what holds the word, then what differs least", () => {
    assert.deepEqual(nearest("fetsh", ["list", "fetch", "verify"]), ["fetch"]);
    assert.deepEqual(nearest("ver", ["list", "fetch", "verify"]), ["verify"]);
    assert.deepEqual(nearest("quux", ["list", "fetch", "verify"]), []);
  });
});
