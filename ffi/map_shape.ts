/**
 * The last of a map's shape, before it is created: what versions of libbpf leave
 * to their callers.
 *
 * @module
 */

import { createMap, mapType, pageSize } from "./bpf_syscall.ts";
import { possibleCpus } from "./cpu.ts";
import type { InnerMap } from "./inner_map.ts";
import { libbpf, libbpfVersion } from "./libbpf.ts";
import { libc } from "./libc.ts";
import { checkResult } from "./result.ts";
import { ringSize } from "./ring_size.ts";

type CMap = NonNullable<Deno.PointerValue>;

/** What is asked of a map here. */
interface Shape {
  readonly name: string;
  readonly type: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly innerMap?: InnerMap;
}

/** Whether a type's `max_entries` is a size in bytes: RINGBUF and USER_RINGBUF. */
export function isRing(type: number): boolean {
  return type === mapType.ringbuf || type === mapType.userRingbuf;
}

/** Gives a map the size that the kernel takes; the answer lives until it is loaded. */
export function complete(shape: Shape, map: CMap): Disposable | undefined {
  const { type, maxEntries, innerMap } = shape;
  if (isRing(type)) {
    const size = ringSize(maxEntries, pageSize());
    resize(shape, map, doubles(type, size) ? size - 1 : size);
  }
  // libbpf below 0.8 makes as many entries, and does not tell.
  if (type === mapType.perfEventArray && maxEntries === 0) {
    resize(shape, map, possibleCpus());
  }
  return innerMap?.changed ? template(shape, innerMap, map) : undefined;
}

/**
 * libbpf 0.8 takes a power of two for none and doubles the ring, until "libbpf:
 * Fix is_pow_of_2" in 1.0; what is one byte less it rounds up to what is wanted.
 */
function doubles(type: number, size: number): boolean {
  return libbpfVersion() === "0.8" && type === mapType.ringbuf && size > 0;
}

function resize({ name }: Shape, map: CMap, size: number): void {
  checkResult(
    `set the size of map "${name}" to ${size}`,
    libbpf().bpf_map__set_max_entries(map, size),
  );
}

/**
 * Where libbpf cannot leave a map out, it is to be a small one that every kernel
 * has; libbpf tries again without the source's types where they do not fit it.
 */
export function shrink({ name, valueSize }: Shape, map: CMap): undefined {
  const symbols = libbpf();
  if (symbols.bpf_map__set_autocreate !== null) return;
  for (
    const result of [
      symbols.bpf_map__set_type(map, mapType.array),
      symbols.bpf_map__set_key_size(map, 4),
      symbols.bpf_map__set_value_size(map, valueSize || 4),
      symbols.bpf_map__set_max_entries(map, 1),
      symbols.bpf_map__set_map_flags(map, 0),
    ]
  ) checkResult(`leave out map "${name}"`, result);
}

/**
 * A map for the kernel to see what the outer map's are like. libbpf's setters are
 * for maps that stand in the object's list: from 1.0 on they follow a NULL pointer
 * in an inner one.
 */
function template({ name }: Shape, inner: InnerMap, map: CMap): Disposable {
  const { type, keySize, valueSize, flags } = inner;
  const maxEntries = isRing(type)
    ? ringSize(inner.maxEntries, pageSize())
    : inner.maxEntries;
  const fd = createMap({ type, keySize, valueSize, maxEntries, flags });
  const close = (): void => void libc().close(fd);
  const result = libbpf().bpf_map__set_inner_map_fd(map, fd);
  if (result < 0) close();
  checkResult(`set the inner map of "${name}"`, result);
  return { [Symbol.dispose]: close };
}
