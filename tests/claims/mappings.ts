/**
 * What this process has mapped of the kernel's buffers, by its own account in
 * /proc.
 *
 * @module
 */

/** One mapping of a buffer, by /proc/self/smaps; sizes in bytes. */
export interface BufferMapping {
  /** "perf_event" or "bpf-map". */
  readonly kind: string;
  readonly size: number;
  readonly rss: number;
  readonly pss: number;
}

/** The mappings of perf events and maps; RSS and PSS are NaN where the kernel keeps no smaps. */
export function bufferMappings(): BufferMapping[] {
  return read().split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m).flatMap((text) => {
    const [, from, to, kind] =
      /^(\w+)-(\w+) .*anon_inode:\[?(perf_event|bpf-map)\]?$/m.exec(text) ?? [];
    if (kind === undefined) return [];
    const size = Number(BigInt(`0x${to}`) - BigInt(`0x${from}`));
    return [{ kind, size, rss: field(text, "Rss"), pss: field(text, "Pss") }];
  });
}

/** smaps needs CONFIG_PROC_PAGE_MONITOR; maps is always there. */
function read(): string {
  try {
    return Deno.readTextFileSync("/proc/self/smaps");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return Deno.readTextFileSync("/proc/self/maps");
  }
}

function field(text: string, name: string): number {
  const [, kib] = new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text) ??
    [];
  return Number(kib ?? NaN) * 1024;
}

/** The sum of one figure. */
export function total(
  mappings: readonly BufferMapping[],
  figure: "size" | "rss" | "pss",
): number {
  return mappings.reduce((sum, mapping) => sum + mapping[figure], 0);
}

/** What the kernel says a map takes: `memlock` of /proc/self/fdinfo, bytes. */
export function memlockOf(fd: number): number {
  const text = Deno.readTextFileSync(`/proc/self/fdinfo/${fd}`);
  return Number(/^memlock:\s+(\d+)/m.exec(text)?.[1] ?? -1);
}
