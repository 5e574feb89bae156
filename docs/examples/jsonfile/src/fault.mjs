// What goes wrong, in the codes of the API: a gRPC status with one detail, a
// deskgate.connector.v1.Fault.
import { Metadata, status } from "@grpc/grpc-js";
import { BinaryWriter } from "@bufbuild/protobuf/wire";
import { pack } from "./contract.mjs";

/** An error that the caller is told. detail are fields of Fault. */
export class Fault extends Error {
  constructor(code, message, detail = {}) {
    super(message);
    this.detail = { code, source: "CONNECTOR", ...detail };
  }
  get code() {
    return this.detail.code;
  }
}

/** One thing that is wrong with a request, at the path of its field. */
export const violation = (field, message, more = {}) => ({ field, message, ...more });

/** Everything that is wrong with a request, at once. */
export const invalid = (...violations) => new Fault("invalid_argument", violations[0].message, { violations });

/** A field or filter that this connector cannot serve truthfully. */
export const notSupported = (field, message) =>
  new Fault("field_not_supported", message, { violations: [violation(field, message)] });

export const notFound = (message) => new Fault("not_found", message);

/** The mistakes of this connector itself: the log says more than the caller sees. */
export const internal = () =>
  new Fault("internal", "the connector failed; its log has the reason under this request id");

// What a client sees that does not read the detail.
const statuses = {
  invalid_argument: status.INVALID_ARGUMENT,
  not_found: status.NOT_FOUND,
  already_exists: status.ALREADY_EXISTS,
  precondition_failed: status.FAILED_PRECONDITION,
  failed_precondition: status.FAILED_PRECONDITION,
  conflict: status.ABORTED,
  field_not_supported: status.UNIMPLEMENTED,
  connection_down: status.UNAVAILABLE,
  deadline_exceeded: status.DEADLINE_EXCEEDED,
};

/** The status of a fault, with trailers beside it. */
export function statusOf(fault, trailers = new Metadata()) {
  const code = statuses[fault.code] ?? status.INTERNAL;
  // google.rpc.Status: the code, the message and the details, each an Any.
  const any = new BinaryWriter();
  any.uint32((1 << 3) | 2).string("type.googleapis.com/deskgate.connector.v1.Fault");
  any.uint32((2 << 3) | 2).bytes(pack("deskgate.connector.v1.Fault", fault.detail));
  const whole = new BinaryWriter();
  whole.uint32((1 << 3) | 0).int32(code);
  whole.uint32((2 << 3) | 2).string(fault.message);
  whole.uint32((3 << 3) | 2).bytes(any.finish());
  trailers.set("grpc-status-details-bin", Buffer.from(whole.finish()));
  return { code, details: fault.message, metadata: trailers };
}
