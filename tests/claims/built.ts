/**
 * What a kernel is built with, by its own word.
 *
 * @module
 */

/** What is missing of something; `undefined`: nothing. */
export type Missing = string | undefined;

/**
 * The first of these functions that this kernel has not: /proc/kallsyms names
 * those that it is built with, static ones too.
 */
export function withoutFunction(...names: readonly string[]): Missing {
  const symbols = Deno.readTextFileSync("/proc/kallsyms");
  const name = names.find((one) => !new RegExp(` ${one}\\b`).test(symbols));
  return name && `this kernel has no ${name}()`;
}

/** Whether it has its own types, which CONFIG_DEBUG_INFO_BTF puts there. */
export function withoutTypes(): Missing {
  const path = "/sys/kernel/btf/vmlinux";
  return textOf(path) === undefined ? `this kernel has no ${path}` : undefined;
}

/** Whether the security module `name` is active, where securityfs is mounted and tells. */
export function withoutModule(name: string): Missing {
  const active = textOf("/sys/kernel/security/lsm")?.trim();
  if (active === undefined || active.split(",").includes(name)) return;
  return `the active security modules are ${active}`;
}

function textOf(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
