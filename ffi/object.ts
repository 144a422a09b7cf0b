/**
 * A BPF object file, opened, loaded and attached by libbpf.
 *
 * @module
 */

import { constants } from "node:os";
import { mapType, overwriteFlag, pageSize, tryMap } from "./bpf_syscall.ts";
import { toCString } from "./c_string.ts";
import { BpfError } from "./error.ts";
import { kindBesideFile } from "./file_kind.ts";
import { libbpf } from "./libbpf.ts";
import type { BpfLink } from "./link.ts";
import { BpfMap, type Lease } from "./map.ts";
import { isRing } from "./map_shape.ts";
import { BpfProgram } from "./program.ts";
import { raiseMemlock } from "./memlock.ts";
import { readable } from "./text_file.ts";
import { checkPointer, checkResult } from "./result.ts";

/**
 * An object file's maps and programs. Opening reads the file, loading creates
 * what the kernel holds, closing gives all of it back: links, programs, maps.
 */
export class BpfObject implements Disposable {
  #object: Deno.PointerValue;
  #loaded = false;
  readonly #links: BpfLink[] = [];
  /** The path it was opened from. */
  readonly path: string;
  /** The maps by name, in the order of the source. */
  readonly maps: ReadonlyMap<string, BpfMap>;
  /** The programs by name, in the order of the source. */
  readonly programs: ReadonlyMap<string, BpfProgram>;

  private constructor(path: string, object: NonNullable<Deno.PointerValue>) {
    this.path = path;
    this.#object = object;
    this.maps = byName(this.#each("bpf_object__next_map", BpfMap));
    this.programs = byName(this.#each("bpf_object__next_program", BpfProgram));
  }

  /** Opens the file; nothing is loaded yet, and nothing but the file is needed. */
  static open(path: string): BpfObject {
    const kind = kindBesideFile(path);
    if (kind !== undefined) {
      // libbpf waits for a FIFO's writer, and keeps a folder's descriptor.
      throw new BpfError(`open "${path}"`, {
        cause: `it is ${kind}`,
        remedy: "give the path of a .bpf.o",
      });
    }
    const object = libbpf().bpf_object__open_file(toCString(path), null);
    // libbpf says ENOENT of a missing file and of missing BTF.
    const remedies = readable(path)
      ? { ENOENT: "build it with clang -g -target bpf" }
      : {
        ENOENT: "check the path, which is no URL",
        EACCES: "make the file readable",
      };
    return new BpfObject(
      path,
      checkPointer(`open "${path}"`, object, remedies),
    );
  }

  /** Closes links, programs and maps; a second call does nothing. */
  close(): void {
    using undo = new DisposableStack();
    const object = this.#object;
    this.#object = null;
    if (object !== null) undo.defer(() => libbpf().bpf_object__close(object));
    for (const link of this.#links.splice(0).reverse()) undo.use(link);
  }

  /** Closes the object. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** The map of this name; an unknown one is an error that lists those there are. */
  map(name: string): BpfMap {
    return this.maps.get(name) ?? this.#missing("map", name, this.maps);
  }

  /** The program of this name; an unknown one is an error that lists those there are. */
  program(name: string): BpfProgram {
    return this.programs.get(name) ??
      this.#missing("program", name, this.programs);
  }

  /**
   * Creates the maps and loads the programs; the error's message holds the
   * verifier's last lines, its log all of them. It needs CAP_BPF, and by the
   * programs' kinds CAP_PERFMON or CAP_NET_ADMIN. libbpf before 1.0 leaves RLIMIT_MEMLOCK, which kernels before 5.11
   * charge maps and programs against, to its caller: it is lifted here.
   */
  load(): void {
    const object = this.#lease();
    if (this.#loaded) {
      throw new BpfError(`load "${this.path}"`, {
        cause: "it is loaded already",
      });
    }
    if (libbpf().libbpf_major_version() < 1) raiseMemlock();
    using prepared = new DisposableStack();
    for (const map of this.maps.values()) prepared.use(map.prepare());
    const action = `load "${this.path}"`;
    try {
      checkResult(action, libbpf().bpf_object__load(object));
      this.#loaded = true;
    } catch (error) {
      if (!(error instanceof BpfError)) throw error;
      throw unlicensed(action, error) ?? this.#older(action, error);
    }
  }

  /** Says of a ring what the kernel is too old for, where it refuses the smallest of that kind too. */
  #older(action: string, error: BpfError): BpfError {
    const { errno, log } = error;
    const name = /map '([^']+)': failed to create/.exec(log)?.[1] ?? "";
    const map = this.maps.get(name);
    if (errno !== constants.errno.EINVAL || map === undefined) return error;
    const kind = lackingRing(map);
    if (kind === undefined) return error;
    return new BpfError(action, {
      ...{ errno, log, remedy: `Linux ${kind.since} and newer have it` },
      cause: `map "${name}": this kernel has no ${kind.what}`,
    });
  }

  /** Attaches every loaded program where its section says. */
  attach(): void {
    for (const program of this.programs.values()) {
      if (program.autoload) this.#links.push(program.attach());
    }
  }

  /** The object's BTF, a copy of its raw bytes; `undefined` where it has none. */
  btf(): Uint8Array<ArrayBuffer> | undefined {
    const btf = libbpf().bpf_object__btf(this.#lease());
    if (btf === null) return undefined;
    const size = new Uint32Array(1);
    const raw = checkPointer(
      `read the BTF of "${this.path}"`,
      libbpf().btf__raw_data(btf, size),
    );
    const bytes = new Uint8Array(size[0] ?? 0);
    new Deno.UnsafePointerView(raw).copyInto(bytes);
    return bytes;
  }

  #lease(): NonNullable<Deno.PointerValue> {
    if (this.#object !== null) return this.#object;
    throw new BpfError(`use "${this.path}"`, { cause: "it is closed" });
  }

  #missing(
    kind: string,
    name: string,
    all: ReadonlyMap<string, unknown>,
  ): never {
    throw new BpfError(`find ${kind} "${name}" in "${this.path}"`, {
      cause: `it has ${[...all.keys()].join(", ") || "none"}`,
    });
  }

  /** Walks libbpf's list; each entry answers its pointer only while the object is open. */
  *#each<T>(
    next: "bpf_object__next_map" | "bpf_object__next_program",
    Entry: new (lease: Lease) => T,
  ): Generator<T> {
    let at: Deno.PointerValue = null;
    while ((at = libbpf()[next](this.#lease(), at)) !== null) {
      const found = at;
      yield new Entry(() => (this.#lease(), found));
    }
  }
}

/** The perf helper is for GPL programs; the ring's are for all, so that a ring hides it. */
function unlicensed(action: string, error: BpfError): BpfError | undefined {
  const { errno, log } = error;
  const [said] = /cannot call GPL-restricted function.*/.exec(log) ?? [];
  if (said === undefined) return undefined;
  return new BpfError(action, {
    ...{ errno, log, cause: said.trim() },
    remedy: 'license the program: char _license[] SEC("license") = "GPL"',
  });
}

/** What a ring of this type and these flags is called, and since when there is one; `undefined` of what is none, or is to be had here. */
function lackingRing(
  { type, flags: all }: BpfMap,
): { what: string; since: string } | undefined {
  const flags = all & overwriteFlag;
  if (!isRing(type)) return undefined;
  const refused = tryMap({ type, maxEntries: pageSize(), flags });
  if (refused !== constants.errno.EINVAL) return undefined;
  if (type === mapType.userRingbuf) {
    return { what: "user ring buffer", since: "6.1" };
  }
  return flags === 0
    ? { what: "ring buffer", since: "5.8" }
    : { what: "ring buffer that overwrites", since: "6.19" };
}

function byName<T extends { readonly name: string }>(
  entries: Iterable<T>,
): ReadonlyMap<string, T> {
  return new Map([...entries].map((entry) => [entry.name, entry]));
}
