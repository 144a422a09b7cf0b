/**
 * Finds what a claim left open. Deno's sanitizers see Deno's own resources, not
 * file descriptors that libbpf opened: so these are counted by what they are.
 *
 * @module
 */

/** How many descriptors of each watched kind are open, and how many buffers are mapped. */
export type Census = ReadonlyMap<string, number>;

/**
 * Kinds that only BPF work opens in this process. Sockets, pipes and files come
 * and go with Deno itself and would accuse the innocent.
 */
const watched =
  /^anon_inode:\[?(bpf[-_][a-z_]+|btf|perf_event|eventpoll|eventfd)\]?$/;

/** A buffer of the kernel's that is mapped, as a line of /proc/self/maps ends. */
const mapped = /anon_inode:(bpf-map|\[perf_event\])$/gm;

/** Takes stock of this process. */
export function census(folder = "/proc/self/fd"): Census {
  const counts = new Map<string, number>();
  const mappings = Deno.readTextFileSync("/proc/self/maps").match(mapped);
  if (mappings !== null) counts.set("mapping", mappings.length);
  for (const entry of Deno.readDirSync(folder)) {
    const kind = kindOf(`${folder}/${entry.name}`);
    if (kind !== undefined) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

function kindOf(path: string): string | undefined {
  try {
    return watched.exec(Deno.readLinkSync(path))?.[1];
  } catch {
    return undefined; // the descriptor that read the folder is gone by now
  }
}

/** What is open now and was not before, as words: "2 bpf-map, 1 perf_event". Empty: nothing. */
export function leaked(before: Census, now: Census): string {
  return [...now]
    .map(([kind, count]) => ({ kind, more: count - (before.get(kind) ?? 0) }))
    .filter(({ more }) => more > 0)
    .map(({ kind, more }) => `${more} ${kind}`)
    .join(", ");
}

/**
 * What one proof after the other leaves open. The count at the end of one is
 * that at the beginning of the next: an emulated machine takes 10 ms for it.
 */
export class Leaks {
  readonly #count: () => Census;
  #before: Census | undefined;

  /** `count` takes stock; of this process by default. */
  constructor(count: () => Census = census) {
    this.#count = count;
  }

  /** A proof begins; `anew` if something was opened since the last one ended. */
  begin({ anew }: { readonly anew: boolean }): void {
    if (anew || this.#before === undefined) this.#before = this.#count();
  }

  /**
   * Waits until nothing of what was opened since the beginning is open any more,
   * for at most three seconds: a close may be carried out on another thread.
   *
   * @returns what is still open, as words; empty when all is closed.
   */
  async settle(): Promise<string> {
    const before = this.#before ?? new Map();
    for (let turn = 0; turn < 60; turn++) {
      this.#before = this.#count();
      if (leaked(before, this.#before) === "") return "";
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    this.#before = this.#count();
    return leaked(before, this.#before);
  }

  /** Forgets the count: what a proof opens that is late is not known. */
  forget(): void {
    this.#before = undefined;
  }
}
