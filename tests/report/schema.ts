/**
 * JSON against a schema of this project's own, as far as a reader relies on it:
 * types, words and what must be there. Not how much or how many: a guest has
 * a say in that, and what it said is to be shown. Nor is there anything amiss in
 * a field that the schema does not name: a later version may have added it.
 *
 * @module
 */
import { told } from "../wire.ts";

/** What is heeded of a schema, by the keywords of JSON Schema 2020-12. */
export interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const types: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === "string",
  number: Number.isFinite,
  integer: Number.isInteger,
  array: Array.isArray,
  object: isObject,
  null: (value) => value === null,
};

/** The first thing that is wrong with a value, and where: `kernels[0].id cannot be 5`. */
export function misfit(value: unknown, schema: Schema): string | undefined {
  return misfits(value, schema, "", schema.$defs ?? {}).next().value;
}

function* misfits(
  value: unknown,
  schema: Schema,
  place: string,
  named: Readonly<Record<string, Schema>>,
): Generator<string, undefined> {
  const { $ref, required = [], properties = {}, items } = schema;
  const part = named[$ref?.replace("#/$defs/", "") ?? ""];
  if (part !== undefined) yield* misfits(value, part, place, named);
  const what = place === "" ? "it" : place;
  if (!isAsSaid(value, schema)) yield `${what} cannot be ${told(value)}`;
  if (isObject(value)) {
    const missing = required.find((name) => !Object.hasOwn(value, name));
    if (missing !== undefined) yield `${what} has no ${missing}`;
    for (const [name, part] of Object.entries(properties)) {
      if (!Object.hasOwn(value, name)) continue;
      const at = place === "" ? name : `${place}.${name}`;
      yield* misfits(value[name], part, at, named);
    }
  }
  if (!Array.isArray(value) || items === undefined) return;
  for (const [at, item] of value.entries()) {
    yield* misfits(item, items, `${place}[${at}]`, named);
  }
}

/** Whether a value as a whole is what a schema says of it. */
function isAsSaid(value: unknown, schema: Schema): boolean {
  const { type = [], enum: words, const: only, pattern = "" } = schema;
  const kinds = [type].flat();
  return (kinds.length === 0 || kinds.some((kind) => types[kind]?.(value))) &&
    (words === undefined || words.includes(value)) &&
    (only === undefined || value === only) &&
    (typeof value !== "string" || new RegExp(pattern).test(value));
}
