/**
 * The FFI tables against the C prototypes: those written above each row, and
 * those of the installed headers.
 *
 * @module
 */

import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { libbpfSymbols } from "../../ffi/libbpf.ts";
import { libcSymbols } from "../../ffi/libc.ts";

interface Row {
  readonly name?: string;
  readonly parameters: readonly unknown[];
  readonly result: unknown;
}

/** The prototypes that stand above the rows of a table's source, by row. */
function written(path: string): Map<string, string> {
  const source = Deno.readTextFileSync(new URL(path, import.meta.url));
  const rows = source.matchAll(/\/\*\* ([^;]+?);[^/]*?\*\/\s+(\w+): \{/gs);
  return new Map(
    [...rows].map(([, prototype = "", name = ""]) =>
      [name, prototype] as const
    ),
  );
}

/** A prototype as its result and the types of its parameters, without their names. */
function parse(prototype: string): { result: string; types: string[] } {
  const [, result = "", , list = ""] =
    /^(.+?)(\w+)\s*\((.*)\)$/s.exec(prototype.trim()) ?? [];
  const types = list.trim() === "void" ? [] : list.split(",").map((one) => {
    const [, type = "", name = ""] = /^(.*?)(\w+)$/s.exec(one.trim()) ?? [];
    return type.trim() === "" ? name : type;
  });
  return { result: squeeze(result), types: types.map(squeeze) };
}

function squeeze(text: string): string {
  return text.replace(/\s+/g, " ").replace(/ ?\* ?/g, "*").trim();
}

/** What Deno may call a C type. */
function allowed(type: string): string[] {
  if (/_fn(_t)?$/.test(type)) return ["function", "pointer"];
  if (type.endsWith("*")) return ["pointer", "buffer"];
  if (type.startsWith("enum ")) return ["u32"];
  const names: Record<string, string> = {
    ...{ int: "i32", "unsigned int": "u32", __u32: "u32", pid_t: "i32" },
    ...{ size_t: "usize", ssize_t: "isize", nfds_t: "u64", __u64: "u64" },
    ...{ "unsigned long": "u64", long: "i64" },
    ...{ bool: "bool", void: "void", va_list: "pointer" },
  };
  // A callback that libbpf_set_print answers is a pointer like any other.
  return [names[type] ?? `no type of Deno's for "${type}"`];
}

function compare(table: Record<string, Row>, path: string): void {
  const prototypes = written(path);
  for (const [name, row] of Object.entries(table)) {
    const prototype = prototypes.get(name);
    assert.ok(prototype, `no prototype above ${name}`);
    assert.ok(prototype.includes(`${row.name ?? name}(`), prototype);
    const { result, types } = parse(prototype);
    assert.equal(row.parameters.length, types.length, prototype);
    types.forEach((type, at) => {
      const is = String(row.parameters[at]);
      assert.ok(allowed(type).includes(is), `${name}: ${type} is ${is}`);
    });
    assert.ok(
      allowed(result).includes(String(row.result)),
      `${name}: ${result}`,
    );
  }
}

/** The declaration of `name` in the headers, or undefined. */
function declared(name: string): string | undefined {
  const headers = ["bpf.h", "btf.h", "libbpf.h", "libbpf_legacy.h"]
    .map((file) => Deno.readTextFileSync(`/usr/include/bpf/${file}`)).join("\n")
    .replace(/\/\*[\s\S]*?\*\//g, "");
  const found = new RegExp(`LIBBPF_API ([^;]*?\\b${name}\\s*\\([^;]*?\\));`)
    .exec(headers);
  return found?.[1];
}

describe("The FFI tables", () => {
  it("libbpf: each row has the types of the prototype above it", () => {
    compare(libbpfSymbols, "../../ffi/libbpf.ts");
  });

  it("libc: each row has the types of the prototype above it", () => {
    compare(libcSymbols, "../../ffi/libc.ts");
  });

  it("libbpf: each prototype is the installed header's", () => {
    const prototypes = written("../../ffi/libbpf.ts");
    for (const [name, row] of Object.entries(libbpfSymbols)) {
      const symbol = "name" in row ? row.name : name;
      const header = declared(symbol);
      assert.ok(header, `${symbol} is in no header of libbpf`);
      const above = parse(prototypes.get(name) ?? "");
      assert.deepEqual(above, parse(header), symbol);
    }
  });

  it("a wrong type would be found", () => {
    const parameters = ["buffer", "u64", "i64"];
    const wrong = { poll: { parameters, result: "i32" } };
    assert.throws(
      () => compare(wrong, "../../ffi/libc.ts"),
      /poll: int is i64/,
    );
  });
});
