/**
 * What the descriptors of this process stand for.
 *
 * @module
 */

/** Of each descriptor that is open, what /proc says it is: "anon_inode:[eventpoll]", "anon_inode:bpf-map". */
export function fdLinks(): Map<number, string> {
  const links = new Map<number, string>();
  for (const { name } of Deno.readDirSync("/proc/self/fd")) {
    try {
      links.set(Number(name), Deno.readLinkSync(`/proc/self/fd/${name}`));
    } catch {
      // Closed since the look at the folder: that one's own is, always.
    }
  }
  return links;
}

/** The descriptors that are epolls. */
export function epolls(): number[] {
  return [...fdLinks()].filter(([, link]) => link.includes("eventpoll"))
    .map(([fd]) => fd);
}
