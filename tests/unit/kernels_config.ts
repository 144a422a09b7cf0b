/**
 * Configurations of kernels, for tests.
 *
 * @module
 */

/** What a guest needs. */
export const options = [
  "SERIAL_8250_CONSOLE",
  "BLK_DEV_INITRD",
  "ADVISE_SYSCALLS",
  "BPF_SYSCALL",
  "PERF_EVENTS",
  "MEMBARRIER",
];

/** A configuration that has all that is needed, but these. */
export function config(...without: string[]): string {
  const lines = options.map((option) =>
    without.includes(option)
      ? `# CONFIG_${option} is not set`
      : `CONFIG_${option}=y`
  );
  return ["# Linux/x86 5.4.0 Kernel Configuration", ...lines, ""].join("\n");
}
