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
  /** Where the kernel keeps smaps. */
  readonly resident?: Resident;
}

/** What of a mapping, or of several, is in memory; bytes. */
export interface Resident {
  readonly rss: number;
  readonly pss: number;
}

/** This process's mappings of perf events and maps. */
export function bufferMappings(): BufferMapping[] {
  return mappingsIn(read());
}

/** Those that a text names which is smaps or, without what is resident, maps. */
export function mappingsIn(text: string): BufferMapping[] {
  return text.split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m).flatMap((text) => {
    const [, from, to, kind] =
      /^(\w+)-(\w+) .*anon_inode:\[?(perf_event|bpf-map)\]?$/m.exec(text) ?? [];
    if (kind === undefined) return [];
    const size = Number(BigInt(`0x${to}`) - BigInt(`0x${from}`));
    const [rss, pss] = [field(text, "Rss"), field(text, "Pss")];
    if (rss === undefined || pss === undefined) return [{ kind, size }];
    return [{ kind, size, resident: { rss, pss } }];
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

function field(text: string, name: string): number | undefined {
  const kib = new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text)?.[1];
  return kib === undefined ? undefined : Number(kib) * 1024;
}

/** What of them together is in memory; `undefined` where the kernel keeps no smaps. */
export function residentOf(
  mappings: readonly BufferMapping[],
): Resident | undefined {
  return mappings.map(({ resident }) => resident).reduce(
    (one, other) =>
      one && other &&
      { rss: one.rss + other.rss, pss: one.pss + other.pss },
    { rss: 0, pss: 0 },
  );
}

/** What the kernel says a map takes: `memlock` of /proc/self/fdinfo, bytes. */
export function memlockOf(fd: number): number {
  const text = Deno.readTextFileSync(`/proc/self/fdinfo/${fd}`);
  return Number(/^memlock:\s+(\d+)/m.exec(text)?.[1] ?? -1);
}
