// How the process begins, listens and ends.
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { test } from "node:test";
import { selfSigned, pem } from "../src/certificate.mjs";
import { Connector, desk } from "./gateway.mjs";

const health = {
  path: "/grpc.health.v1.Health/Check",
  input: (service) => Buffer.concat([Buffer.from([0x0a, service.length]), Buffer.from(service)]),
  output: (bytes) => [...bytes],
};
const shutdown = { path: "/plugin.GRPCController/Shutdown", input: () => Buffer.alloc(0), output: (bytes) => bytes };

test("the handshake names a socket and a certificate for it", async (t) => {
  const c = await Connector.start(t);
  const [core, version, network, , protocol, certificate] = c.handshake;
  assert.deepEqual([core, version, network, protocol], ["1", "1", "unix", "grpc"]);
  assert.ok(!certificate.includes("="));
  const x509 = new X509Certificate(Buffer.from(certificate, "base64"));
  assert.equal(x509.checkHost("localhost"), "localhost");
  assert.ok(x509.verify(x509.publicKey));
  assert.deepEqual(await c.call(health, "plugin"), [8, 1]);
  await assert.rejects(c.call(health, "other"), { code: 5 });
});

test("nobody but the gateway is served", async (t) => {
  const c = await Connector.start(t);
  const other = selfSigned();
  for (const [what, key, certificate] of [
    ["no certificate"],
    ["another certificate", Buffer.from(other.key), Buffer.from(pem(other.certificate))],
  ]) {
    const client = c.dial(key, certificate);
    await assert.rejects(c.call("Describe", {}, { client, deadline: Date.now() + 2000 }), { code: 14 }, what);
    client.close();
  }
  assert.equal((await c.call("Describe", {})).name, "jsonfile");
});

test("it ends by Shutdown, with an answer and with streams open", async (t) => {
  const c = await Connector.start(t);
  const { file } = desk(t);
  await c.connect(file);
  const news = c.watch();
  assert.equal((await news.next()).value.health, "READY");
  await c.call(shutdown, {});
  assert.deepEqual(await c.exited, [0, null]);
});

test("it ends with the gateway, and not by a signal", async (t) => {
  const c = await Connector.start(t);
  c.child.kill("SIGTERM");
  c.child.kill("SIGINT");
  assert.equal((await c.call("Describe", {})).name, "jsonfile");
  c.child.stdin.end();
  assert.deepEqual(await c.exited, [0, null]);
});

test("what it logs are lines of JSON", async (t) => {
  const c = await Connector.start(t);
  await assert.rejects(c.call("GetTicket", { ticket: "101" }), (err) => err.fault.reason === "NOT_CONNECTED");
  await assert.rejects(
    c.call("GetTicket", { ticket: "101" }, { connection: "" }),
    (err) => err.fault.code === "internal",
  );
  const lines = c.log.map((line) => JSON.parse(line));
  assert.ok(lines.every((line) => line["@level"] && line["@message"] && line["@timestamp"]));
  assert.ok(lines.some((line) => line["@message"] === "call refused" && line.connection === "desk"));
});

test("a configuration that is wrong is told by its attributes", async (t) => {
  const c = await Connector.start(t);
  const { file } = desk(t);
  const config = (object) => ({
    connection: "desk",
    config_json: Buffer.from(JSON.stringify(object)).toString("base64"),
  });
  const wrong = async (object) => {
    const { violations = [] } = await c.call("Validate", config(object));
    return violations.map((v) => v.field);
  };
  assert.deepEqual(await wrong({ file, agent_resource: "Robin" }), []);
  assert.deepEqual(await wrong({ file: "desk.json" }), ["file"]);
  assert.deepEqual(await wrong({}), []); // what is missing, the gateway has told
  for (const [object, fields] of [
    [{}, ["file", "agent_resource"]],
    [{ file, agent_resource: "Nobody" }, ["agent_resource"]],
    [{ file, agent_resource: "4" }, ["agent_resource"]],
  ]) {
    await assert.rejects(c.call("Connect", config(object)), (err) => {
      assert.equal(err.fault.code, "invalid_argument");
      assert.deepEqual(
        err.fault.violations.map((v) => v.field),
        fields,
      );
      return true;
    });
  }
  const missing = config({ file: `${file}.not`, agent_resource: "Robin" });
  await assert.rejects(c.call("Connect", missing), (err) => err.fault.code === "connection_down");
  const { agent_resource } = await c.call("Connect", config({ file, agent_resource: "2" }));
  assert.deepEqual(agent_resource, { id: "2", name: "Mara Lindqvist", attribution: "native" });
  await c.call("Disconnect", { connection: "desk" });
  await assert.rejects(c.call("GetTicket", { ticket: "101" }), (err) => err.fault.reason === "NOT_CONNECTED");
});
