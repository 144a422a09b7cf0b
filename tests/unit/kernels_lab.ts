/**
 * An archive on loopback and an empty cache: for tests that fetch kernels.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  type Image,
  type Kernel,
  type ProvisionOptions,
  Unavailable,
} from "../../kernels/kernel.ts";
import { provision } from "../../kernels/provision.ts";
import {
  Archive,
  bzImage,
  deb,
  type Entry,
  type Key,
} from "./kernels_archive.ts";

/** The suite that every lab publishes. */
export const suite = "trixie";

/** A row of these suites. */
export function row(...suites: string[]): Kernel {
  const archives = (suites.length > 0 ? suites : [suite]).map((suite) => ({
    site: "debian" as const,
    suite,
  }));
  const source = {
    kind: "apt" as const,
    archives,
    image: /^linux-image-6\.12\.\d+-amd64$/,
  };
  return { id: "debian-6.12", label: "Debian 6.12", source, cmdline: [] };
}

/** A package with an image of this version. */
export async function entry(version: string, ending = "xz"): Promise<Entry> {
  const release = `${version}-amd64`;
  const files = {
    "./boot/config": new Uint8Array(9),
    [`./boot/vmlinuz-${release}`]: bzImage(release),
  };
  return {
    name: `linux-image-${release}`,
    version,
    deb: await deb(files, ending),
  };
}

/** An archive and an empty cache. */
export class Lab implements AsyncDisposable {
  readonly told: string[] = [];
  readonly options: ProvisionOptions;

  private constructor(readonly archive: Archive, readonly cache: string) {
    const { key, url } = archive;
    const progress = (text: string): void => void this.told.push(text);
    const warn = (text: string): void => progress(`warning: ${text}`);
    const keyrings = key ? [key.keyring] : [];
    this.options = {
      cache,
      mirrors: { debian: url, ubuntu: url, alma: url, fedora: url },
      progress,
      warn,
      keyrings,
    };
  }

  static async open(key: Key | undefined): Promise<Lab> {
    const lab = new Lab(
      new Archive(key),
      await Deno.makeTempDir({ prefix: "cache-" }),
    );
    await lab.archive.publish(suite, [
      await entry("6.12.9"),
      await entry("6.12.10"),
    ]);
    return lab;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.archive[Symbol.asyncDispose]();
    await Deno.remove(this.cache, { recursive: true });
  }

  async have(
    more: Partial<ProvisionOptions> = {},
    kernel = row(),
  ): Promise<Image> {
    return await provision(kernel, { ...this.options, ...more });
  }

  /** Why it cannot be had; nothing half-written may be left. */
  async refusal(
    more: Partial<ProvisionOptions> = {},
    kernel = row(),
  ): Promise<string> {
    const error = await this.have(more, kernel).then(
      () => undefined,
      (error) => error,
    );
    assert.ok(
      error instanceof Unavailable,
      `it was had, or failed otherwise: ${error}`,
    );
    assert.doesNotMatch(error.message, /\n/);
    assert.deepEqual(this.images(), []);
    return error.message;
  }

  /** What the cache holds but indexes, rows, and what is to be gone on with. */
  images(): string[] {
    try {
      const names = Array.from(
        Deno.readDirSync(`${this.cache}/kernels`),
        ({ name }) => name,
      );
      return names.filter((name) =>
        !["indexes", "rows", "parts", "configs"].includes(name)
      );
    } catch {
      return [];
    }
  }

  /** The path of the newest package. */
  get newest(): string {
    return "pool/linux-image-6.12.10-amd64_6.12.10_amd64.deb";
  }

  /** How often a path that ends so was asked for. */
  asked(ending: string): number {
    return this.archive.requests.filter((path) => path.endsWith(ending)).length;
  }
}

/** Makes the file at a path one that nobody can read, not even root: EIO. */
export async function breakReading(path: string): Promise<void> {
  await Deno.remove(path);
  await Deno.symlink("/proc/self/mem", path); // At address 0 nothing is mapped.
}

/** Sends some bytes, then none, and does not end. */
export function silence(bytes: number): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: (controller) => controller.enqueue(new Uint8Array(bytes)),
  });
}
