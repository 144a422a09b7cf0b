/**
 * BTF: its sections, the decoders, viewers and encoders of its types, and the
 * TypeScript that is written of them.
 *
 * @module
 */

import { BpfError } from "../../../ffi/error.ts";
import { Btf } from "../../../sdk/btf.ts";
import { cType } from "../../../sdk/c_type.ts";
import {
  eventDecoder,
  eventViewer,
  stampOffset,
  valueDecoder,
} from "../../../sdk/decode.ts";
import { valueEncoder } from "../../../sdk/encode.ts";
import { bitsOf } from "../../../sdk/shape.ts";
import { shapeOf } from "../../../sdk/shape_reader.ts";
import { TypeText } from "../../../sdk/type_text.ts";
import { declared, type Input, isOneOf, type Target } from "../target.ts";

/** Types of one input that are looked into. */
const mostTypes = 200;

/** Bytes of a value that is decoded; a map's values may be larger. */
const mostBytes = 1 << 16;

const isBpfError = isOneOf(BpfError);

/** What is to be had of one type, or of none. */
function look(btf: Btf, id: number): void {
  const field = (path: string): string => `a value${path}`;
  const shape = shapeOf(btf, id, { field, remedy: "" });
  new TypeText(btf, "bigint").type(shape, "value");
  cType(btf, id);
  const size = Math.ceil(bitsOf(shape) / 8);
  if (size > mostBytes) return;
  // A place in the middle of others: what is read outside is seen.
  const view = new DataView(new ArrayBuffer(size + 16), 8, size);
  const value = valueDecoder(btf, id, "a value")(view, 0);
  const encode = valueEncoder(btf, id, "a value");
  const length = encode(value).length;
  if (length !== size) throw new Error(`${length} bytes were made of ${size}`);
}

async function parse(input: Input): Promise<void> {
  const btf = await declared(isBpfError, () => Btf.parse(input));
  if (btf === undefined) return;
  for (let id = 1; id <= mostTypes; id++) {
    if (await declared(isBpfError, () => btf.type(id)) === undefined) return;
    await declared(isBpfError, () => look(btf, id));
    await declared(isBpfError, () => stampOffset(btf, id));
    await declared(isBpfError, () => void eventDecoder(btf, id));
    await declared(isBpfError, () => void eventViewer(btf, id));
  }
}

/** sdk/btf.ts and what stands on it. */
export const btf: Target = {
  name: "btf",
  words: ["char", "ringside_stamp", "__proto__", "\0", "\x9f\xeb"],
  run: parse,
};
