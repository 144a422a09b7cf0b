/**
 * The TypeScript types of an object: of its streams' events, and of the keys
 * and values of its maps.
 *
 * @module
 */

import { BpfError } from "../ffi/error.ts";
import type { BpfMap } from "../ffi/map.ts";
import type { BpfObject } from "../ffi/object.ts";
import type { Int64 } from "./bits.ts";
import { Btf } from "./btf.ts";
import { cType } from "./c_type.ts";
import { fieldOf, type Shape } from "./shape.ts";
import { shapeOf } from "./shape_reader.ts";
import { TypeText } from "./type_text.ts";

/** What RINGSIDE_EVENTS() puts behind a stream's name. */
const streamParts = /_(rings?|perf|scratch|count)$/;

/**
 * The source of a module with an interface for each stream's event struct, with
 * `Streams` for all of them by name, and the types of the keys and values of
 * each map that tells them: `NameKey` and `NameValue`. They are those of what is
 * decoded with the same `int64`. Lines are not yet broken.
 */
export function objectTypes(object: BpfObject, int64: Int64): string {
  const bytes = object.btf();
  if (bytes === undefined) {
    throw new BpfError(`write the types of "${object.path}"`, {
      cause: "it carries no BTF",
      remedy: "build it with clang -g -target bpf",
    });
  }
  const btf = Btf.parse(bytes);
  const streams = streamsOf(object);
  const maps = [...object.maps.values()].filter((map) =>
    isTyped(map) && !streams.includes(map.name.replace(streamParts, ""))
  );
  if (streams.length + maps.length === 0) {
    throw new BpfError(`write the types of "${object.path}"`, {
      cause: "it has neither streams of events nor maps with types",
      remedy: "declare them by RINGSIDE_EVENTS() or __type()",
    });
  }
  const text = new TypeText(btf, int64);
  writeStreams(object, btf, streams, text);
  for (const map of maps) writeMap(map, btf, text);
  return head(object.path, int64) + text.text;
}

function head(path: string, int64: Int64): string {
  const name = path.split("/").at(-1);
  const option = int64 === "bigint" ? "" : ` --int64 ${int64}`;
  return `/**
 * The types of ${name}, written by \`deno task bpf:types${option}\`.
 *
 * @module
 */\n\n`;
}

function streamsOf({ maps }: BpfObject): string[] {
  return [...maps.keys()].filter((name) => name.endsWith("_scratch"))
    .map((name) => name.slice(0, -"_scratch".length))
    .filter((name) => maps.has(`${name}_count`));
}

/** Maps of libbpf's own, of global variables, have a dot in their names. */
function isTyped({ name, keyType, valueType }: BpfMap): boolean {
  return keyType !== 0 && valueType !== 0 && !name.includes(".");
}

function shapeIn(btf: Btf, id: number, what: string): Shape {
  return shapeOf(btf, id, {
    field: (path) => fieldOf(what, path),
    remedy: "take its bytes",
  });
}

function writeStreams(
  object: BpfObject,
  btf: Btf,
  streams: readonly string[],
  text: TypeText,
): void {
  const members = streams.map((name) => {
    const { valueType } = object.map(`${name}_scratch`);
    const shape = shapeIn(btf, valueType, `events of stream "${name}"`);
    return `${name}: ${text.type(shape, `${name}_event`)}`;
  });
  if (members.length === 0) return;
  const type = `{ ${members.join("; ")} }`;
  text.alias("streams", type, "The events of each stream");
}

function writeMap(map: BpfMap, btf: Btf, text: TypeText): void {
  const { name, perCpu, keyType, valueType } = map;
  const key = shapeIn(btf, keyType, `keys of map "${name}"`);
  const value = shapeIn(btf, valueType, `values of map "${name}"`);
  text.alias(
    `${name}_key`,
    text.type(key, `${name}_key`),
    `Keys of map "${name}": ${cType(btf, keyType)}`,
  );
  const words = `${name}_value`;
  const type = text.type(value, words);
  const each = /\W/.test(type) ? `(${type})` : type;
  const doc = `Values of map "${name}": ${cType(btf, valueType)}`;
  if (perCpu) {
    text.alias(words, `readonly ${each}[]`, `${doc}, one for each CPU`);
  } else text.alias(words, type, doc);
}
