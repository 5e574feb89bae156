// The gateway's side, for tests: it starts the connector as the gateway does and calls
// it over the real protocol.
import { Client, Metadata, credentials } from "@grpc/grpc-js";
import { BinaryReader } from "@bufbuild/protobuf/wire";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { pem, selfSigned } from "../src/certificate.mjs";
import { pack, unpack } from "../src/contract.mjs";

const here = (name) => new URL(`../${name}`, import.meta.url).pathname;

/** A folder with a desk.json in it that goes with the test. */
export function desk(t) {
  const folder = mkdtempSync(join(tmpdir(), "desk-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "desk.json");
  copyFileSync(here("desk.json"), file);
  return { file, folder, json: () => JSON.parse(readFileSync(file, "utf8")) };
}

/** A connector process, and the gateway's end of it. */
export class Connector {
  static async start(t) {
    const sockets = mkdtempSync(join(tmpdir(), "c-"));
    const { key, certificate } = selfSigned();
    const child = spawn(here("deskgate-connector-jsonfile"), {
      cwd: sockets, // it needs nothing of the repository
      env: {
        PATH: process.env.PATH,
        DESKGATE_CONNECTOR: "deskgate.connector.v1",
        DESKGATE_LOG_LEVEL: "debug",
        PLUGIN_PROTOCOL_VERSIONS: "1",
        PLUGIN_UNIX_SOCKET_DIR: sockets,
        PLUGIN_CLIENT_CERT: pem(certificate),
      },
    });
    const c = new Connector();
    Object.assign(c, { child, log: [], exited: once(child, "exit") });
    t.after(async () => {
      c.client?.close();
      child.kill("SIGKILL");
      await c.exited;
      rmSync(sockets, { recursive: true });
    });
    createInterface(child.stderr).on("line", (line) => c.log.push(line));
    const ended = c.exited.then(() => {
      throw new Error(`it ended without a handshake: ${c.log.join("\n")}`);
    });
    const [line] = await Promise.race([once(createInterface(child.stdout), "line"), ended]);
    ended.catch(() => {});
    c.handshake = line.split("|");
    c.identity = { key, certificate };
    c.client = c.dial(Buffer.from(key), Buffer.from(pem(certificate)));
    return c;
  }

  /** A client with a certificate, or with none. */
  dial(key, certificate) {
    const server = Buffer.from(pem(Buffer.from(this.handshake[5], "base64")));
    const channel = credentials.createSsl(server, key, certificate);
    return new Client(`unix:${this.handshake[3]}`, channel, { "grpc.ssl_target_name_override": "localhost" });
  }

  /** Calls an RPC, by its messages in JSON; an error has the Fault as fault. */
  call(rpc, request, { connection = "desk", deadline = Date.now() + 30_000, client = this.client } = {}) {
    const { path, input, output } = typeof rpc === "string" ? named(rpc) : rpc;
    const metadata = new Metadata();
    if (connection) metadata.set("deskgate-connection", connection);
    return new Promise((done, failed) => {
      const answered = (err, answer) => (err ? failed(withFault(err)) : done(answer));
      const call = client.makeUnaryRequest(path, input, output, request, metadata, { deadline }, answered);
      call.on("status", (status) => (this.trailers = status.metadata.getMap()));
    });
  }

  connect(file, name = "desk") {
    const config = { file, agent_resource: "Robin" };
    return this.call("Connect", {
      connection: name,
      config_json: Buffer.from(JSON.stringify(config)).toString("base64"),
    });
  }

  /** Stops the process, until SIGCONT. */
  async stop() {
    this.child.kill("SIGSTOP");
    while (!/^State:\s+T/m.test(readFileSync(`/proc/${this.child.pid}/status`, "utf8"))) await setTimeout(1);
  }

  /** Watches, and returns the news as it comes. */
  async *watch() {
    const { path, input, output } = named("Watch");
    yield* this.client.makeServerStreamRequest(path, input, output, {}, new Metadata());
  }
}

const services = {
  TicketReader: ["ListTickets", "GetTicket"],
  TicketWriter: ["CreateTicket", "UpdateTicket"],
  NoteReader: ["ListNotes", "GetNote"],
  InternalNoteWriter: ["CreateInternalNote"],
};

function named(rpc) {
  const service = Object.keys(services).find((s) => services[s].includes(rpc));
  const full = service ? `deskgate.psa.v1.${service}` : "deskgate.connector.v1.Connector";
  const type = full.slice(0, full.lastIndexOf(".") + 1) + rpc;
  return {
    path: `/${full}/${rpc}`,
    input: (value) => pack(`${type}Request`, value),
    output: (bytes) => unpack(`${type}Response`, bytes),
  };
}

/** Reads the Fault out of a status: google.rpc.Status, its first detail, an Any. */
function withFault(err) {
  const field = (bytes, wanted) => {
    const reader = new BinaryReader(bytes);
    while (reader.pos < reader.len) {
      const [no, type] = reader.tag();
      if (no === wanted) return reader.bytes();
      reader.skip(type);
    }
  };
  const [status] = err.metadata.get("grpc-status-details-bin");
  if (status) err.fault = unpack("deskgate.connector.v1.Fault", field(field(status, 3), 2));
  return err;
}
