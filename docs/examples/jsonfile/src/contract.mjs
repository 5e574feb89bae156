// The contract's messages. They are read from its descriptors, contract.binpb, and
// travel through this connector as plain objects in the JSON form of protobuf: the
// field names of the proto, enum values by name, times as RFC 3339 text, and no key
// for a field that is not set. That is what the REST API shows, too.
import { readFileSync } from "node:fs";
import { createFileRegistry, fromBinary, fromJson, toBinary, toJson } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";

const registry = createFileRegistry(
  fromBinary(FileDescriptorSetSchema, readFileSync(new URL("../contract.binpb", import.meta.url))),
);

/** The RPCs of a service, each with how its messages are read and written. */
export function rpcs(serviceName) {
  return registry.getService(serviceName).methods.map((m) => ({
    name: m.name,
    path: `/${serviceName}/${m.name}`,
    streams: m.methodKind === "server_streaming",
    read: (bytes) => unpack(m.input.typeName, bytes),
    write: (value) => pack(m.output.typeName, value),
  }));
}

/** Writes a message. */
export function pack(typeName, value) {
  const type = registry.getMessage(typeName);
  return Buffer.from(toBinary(type, fromJson(type, value, { registry })));
}

/** Reads a message. What it has that this contract does not know is under UNKNOWN. */
export function unpack(typeName, bytes) {
  const type = registry.getMessage(typeName);
  const message = fromBinary(type, bytes);
  const value = toJson(type, message, { registry, useProtoFieldName: true });
  const unknown = unknownIn(type, message, "");
  return unknown.length > 0 ? Object.assign(value, { [UNKNOWN]: unknown }) : value;
}

export const UNKNOWN = Symbol("unknown fields");

/** The places of the fields that a newer contract has: `input.#47`. */
function unknownIn(type, message, path) {
  const found = (message.$unknown ?? []).map((field) => `${path}#${field.no}`);
  for (const field of type.fields) {
    if (field.fieldKind === "message" && message[field.localName]) {
      found.push(...unknownIn(field.message, message[field.localName], `${path}${field.name}.`));
    }
  }
  return found;
}
