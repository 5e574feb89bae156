// What stands around every call: its connection, its deadline, what it costs, its log
// line, and an error that says something.
import { setImmediate as turn } from "node:timers/promises";
import { Metadata } from "@grpc/grpc-js";
import { UNKNOWN, rpcs } from "./contract.mjs";
import { Fault, internal, invalid, statusOf, violation } from "./fault.mjs";
import { log } from "./log.mjs";

/** What a call has cost at the file: how often it was read or written, and how long. */
export class Cost {
  requests = 0;
  ms = 0;
  wrote = false; // the file is another one because of this call

  /** Does something to the file, and counts it unless nothing was done. */
  of(act, counts = () => true) {
    const start = performance.now();
    let counted = true;
    try {
      const result = act();
      counted = counts(result);
      return result;
    } finally {
      if (counted) this.requests++;
      this.ms += performance.now() - start;
    }
  }

  trailers() {
    const trailers = new Metadata();
    trailers.set("deskgate-vendor-requests", String(this.requests));
    trailers.set("deskgate-vendor-ms", String(Math.round(this.ms)));
    return trailers;
  }
}

/**
 * A gRPC service whose unary RPCs are functions of a request and a call: {connection,
 * requestId, agentName, cost}. A handler that streams gets gRPC's own call.
 */
export function service(name, handlers, around = (_call, run) => run()) {
  const definition = {};
  const wrapped = {};
  for (const rpc of rpcs(name)) {
    definition[rpc.name] = {
      path: rpc.path,
      requestStream: false,
      responseStream: rpc.streams,
      requestDeserialize: (bytes) => readable(rpc, bytes),
      responseSerialize: rpc.streams ? rpc.write : (bytes) => bytes,
    };
    wrapped[rpc.name] = rpc.streams ? handlers[rpc.name] : unary(rpc, handlers[rpc.name], around);
  }
  return { name, definition, handlers: wrapped };
}

function unary(rpc, handler, around) {
  return async (grpc, answer) => {
    const first = (key) => grpc.metadata.get(key)[0];
    const cost = new Cost();
    const call = { connection: first("deskgate-connection"), requestId: first("deskgate-request-id"), cost };
    const start = performance.now();
    const done = (level, message, fields) => {
      const { connection, requestId: request_id } = call;
      const ms = Math.round(performance.now() - start);
      log[level](message, {
        request_id,
        connection,
        operation: rpc.path,
        ms,
        vendor_requests: cost.requests,
        ...fields,
      });
    };
    try {
      await turn(); // a caller that has given up is heard before anything begins
      inTime(grpc);
      if (grpc.request instanceof Fault) throw grpc.request;
      whole(grpc.request);
      const response = rpc.write(around(call, () => handler(grpc.request, call)));
      done("debug", "call done");
      answer(null, response, cost.trailers());
    } catch (err) {
      const fault = err instanceof Fault ? err : internal();
      if (cost.wrote) fault.detail.outcome = "UNKNOWN";
      if (fault === err) done("debug", "call refused", { code: fault.code });
      else done("error", "call failed", { error: String(err.stack ?? err) });
      answer(statusOf(fault, cost.trailers()));
    }
  };
}

/** Reads a request; the error of one that cannot be read is told like any other. */
function readable(rpc, bytes) {
  try {
    return rpc.read(bytes);
  } catch (err) {
    return invalid(violation("", `the request cannot be read: ${err.message}`));
  }
}

/** Begins nothing that nobody waits for any more: what has begun is done at once. */
function inTime(grpc) {
  if (!grpc.cancelled && !(grpc.getDeadline() <= Date.now())) return;
  throw new Fault("deadline_exceeded", "the time of the call was over before it began", { outcome: "NOT_SENT" });
}

/** Refuses what a newer contract asks for, rather than leave it out in silence. */
function whole(request) {
  const unknown = request[UNKNOWN];
  if (unknown)
    throw invalid(...unknown.map((path) => violation(path, `this connector is older than the field ${path}`)));
}
