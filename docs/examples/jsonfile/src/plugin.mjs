// The go-plugin half: how the gateway starts this process, talks to it and ends it.
import { Server, ServerCredentials, status } from "@grpc/grpc-js";
import { BinaryReader } from "@bufbuild/protobuf/wire";
import { fstatSync } from "node:fs";
import { join } from "node:path";
import { pem, selfSigned } from "./certificate.mjs";
import { log } from "./log.mjs";

const protocolVersion = "1";
const maxMessage = 64 << 20;
const leaveLimit = 1500; // ms; the gateway kills after 2 s

/** Serves until the gateway ends this process, or is gone itself. */
export async function serve(services) {
  const versions = (process.env.PLUGIN_PROTOCOL_VERSIONS ?? "").split(",");
  if (!versions.includes(protocolVersion)) {
    throw new Error(`the gateway speaks the protocol versions ${versions}, this connector ${protocolVersion}`);
  }
  const server = new Server({
    "grpc.max_receive_message_length": maxMessage,
    "grpc.max_send_message_length": maxMessage,
  });
  const ending = [];
  for (const { definition, handlers, end } of services) {
    server.addService(definition, handlers);
    if (end) ending.push(end);
  }
  const leave = once(() => {
    for (const end of ending) end();
    setTimeout(() => process.exit(0), leaveLimit).unref();
    server.tryShutdown(() => process.exit(0)); // after the calls in flight
  });
  server.addService(health, { Check: checkHealth });
  server.addService(controller, {
    Shutdown(_call, callback) {
      callback(null, {});
      setImmediate(leave);
    },
  });

  const { key, certificate } = selfSigned();
  const credentials = ServerCredentials.createSsl(
    Buffer.from(process.env.PLUGIN_CLIENT_CERT), // the one certificate that is accepted
    [{ private_key: Buffer.from(key), cert_chain: Buffer.from(pem(certificate)) }],
    true,
  );
  const socket = join(process.env.PLUGIN_UNIX_SOCKET_DIR, "connector");
  await new Promise((done, failed) => {
    server.bindAsync(`unix:${socket}`, credentials, (err) => (err ? failed(err) : done()));
  });
  withGateway();
  const own = certificate.toString("base64").replace(/=+$/, "");
  process.stdout.write(`1|${protocolVersion}|unix|${socket}|grpc|${own}\n`);
}

/** Ends this process when the gateway is gone, and with no signal before. */
function withGateway() {
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) {
    process.on(signal, () => log.debug("signal ignored: the gateway ends this process", { signal }));
  }
  const stdin = fstatSync(0);
  if (!stdin.isFIFO() && !stdin.isSocket()) return; // a terminal, or nothing at all
  const gone = () => {
    log.info("the gateway is gone; ending");
    process.exit(0); // whatever is written to the file is written at once, or not at all
  };
  process.stdin.on("end", gone).on("error", gone).resume();
}

function once(act) {
  let done = false;
  return () => {
    if (!done) act();
    done = true;
  };
}

// grpc.health.v1.Health and plugin.GRPCController are not in Deskgate's contract;
// these are the few bytes of their messages.
const readService = (bytes) => {
  const reader = new BinaryReader(bytes);
  let service = "";
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (field === 1) service = reader.string();
    else reader.skip(type);
  }
  return { service };
};
const rpc = (path, requestDeserialize, response) => ({
  path,
  requestStream: false,
  responseStream: false,
  requestDeserialize,
  responseSerialize: () => Buffer.from(response),
});
const serving = [0x08, 0x01]; // status = SERVING
const health = { Check: rpc("/grpc.health.v1.Health/Check", readService, serving) };
const controller = { Shutdown: rpc("/plugin.GRPCController/Shutdown", () => ({}), []) };

function checkHealth(call, callback) {
  const { service } = call.request;
  if (service === "" || service === "plugin") return callback(null, {});
  callback({ code: status.NOT_FOUND, details: `there is no service ${JSON.stringify(service)}` });
}
