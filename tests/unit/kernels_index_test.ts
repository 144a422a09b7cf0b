/**
 * What an index of an archive may say: nothing that leads out of the archive.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { isUsable } from "../../kernels/index_format.ts";
import { type Dice, each } from "./dice.ts";

const roots = [
  "http://127.0.0.1:8080/debian/",
  "https://archive.example/pub/linux/releases/",
  "http://other.example/1/1/1/",
];

function usable(filename: string): boolean {
  const rest = { name: "x", version: "1", size: 1, sha256: "0".repeat(64) };
  return isUsable({ ...rest, filename });
}

/** Whether it stays in an archive, wherever that is. */
function stays(filename: string): boolean {
  return roots.every((root) =>
    URL.canParse(filename, root) &&
    new URL(filename, root).href.startsWith(root)
  );
}

const schemes = ["", "", "", "http:", "HTTPS:", "file:", "x:", "/"];
const steps = [
  ...["..", ".", "", "%2e%2e", ".%2E", "%2e", "%2f..", "1", "pool", "b^c~d"],
  ...["one.invalid", "other.invalid", "other.example", "k_1:2.deb", "etc:"],
];

function path(dice: Dice): string {
  const one = <T>(all: readonly T[]): T | undefined =>
    all[dice.below(all.length)];
  const length = 1 + dice.below(6);
  return `${one(schemes)}${Array.from({ length }, () => one(steps)).join("/")}`;
}

describe("a path in an index", () => {
  it("is one of a package, as distributions have them", () => {
    for (
      const path of [
        "pool/main/l/linux/linux-image-6.1.0-9-amd64_6.1.27-1_amd64.deb",
        "pool/updates/main/l/linux/linux_5.10.1~rc1+b2_amd64.deb",
        "Packages/k/kernel-core-6.9.0-0.rc1^git1.fc41.x86_64.rpm",
        "repodata/0a-primary.xml.gz",
      ]
    ) assert.ok(usable(path), path);
  });

  it("leads out of no archive, however it is written", () => {
    for (
      const path of [
        ...["http://host/x", "file:///x", "//host/x", "/x", "http:x", "x:y"],
        ...["../x", "%2e%2e/x", "a/.%2E/%2e./x", "", "a b", "a?b", "a#b"],
      ]
    ) assert.ok(!usable(path), path);
    let taken = 0;
    each(20_000, (dice) => {
      const written = path(dice);
      assert.equal(usable(written), stays(written) && written !== "", written);
      taken += Number(usable(written));
    });
    assert.ok(taken > 2000 && taken < 18_000, `${taken} were taken`);
  });
});
