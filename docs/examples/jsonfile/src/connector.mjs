// What this connector is, and what it serves.
import { accessSync, constants, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { service } from "./call.mjs";
import { catalogueReader } from "./catalogue.mjs";
import { complete, parse, schema, violations } from "./config.mjs";
import { Connections } from "./connections.mjs";
import { Store } from "./desk.mjs";
import { unsupportedFields } from "./draft.mjs";
import { Fault, invalid } from "./fault.mjs";
import { pick } from "./lists.mjs";
import { internalNoteWriter, noteReader } from "./notes.mjs";
import { ticketReader, unsupportedFilters } from "./tickets.mjs";
import { ticketWriter } from "./ticketwrites.mjs";

const here = (name) => readFileSync(new URL(`../${name}`, import.meta.url), "utf8");
const { version } = JSON.parse(here("package.json"));
const connections = new Connections();
const mostTries = 50;

/** A service of the neutral API: each call is about the file of its connection. */
const ofTheFile = (name, handlers) =>
  service(`deskgate.psa.v1.${name}`, handlers, (call, run) => {
    const connection = connections.of(call.connection);
    call.agent = connection.agent;
    call.write = (lists) => {
      checkAgent(call);
      return connection.store.write(call.desk, lists, call.cost);
    };
    return connections.look(connection, () => {
      for (let tries = 1; ; tries++) {
        call.desk = connection.store.read(call.cost);
        try {
          return run();
        } catch (err) {
          // Another process has written in between: it is decided anew.
          if (err.code !== "conflict" || tries === mostTries) throw err;
        }
      }
    });
  });

/** Nothing is written in the name of nobody. */
function checkAgent({ desk, agent }) {
  if (desk.json.technicians.some((t) => t.id === agent)) return;
  const message = `the technician ${agent}, whom writes are attributed to, is not in the file any more`;
  throw new Fault("vendor_error", message, { reason: "NEEDS_ATTENTION", outcome: "NOT_SENT" });
}

const served = [
  ofTheFile("TicketReader", ticketReader),
  ofTheFile("TicketWriter", ticketWriter),
  ofTheFile("NoteReader", noteReader),
  ofTheFile("InternalNoteWriter", internalNoteWriter),
  ofTheFile("CatalogueReader", catalogueReader),
];

export const describe = () => ({
  name: "jsonfile",
  version,
  summary: "Tickets and notes in one JSON file",
  services: served.map((s) => s.name),
  schema,
  operations: [
    { operation: "tickets.list", unsupported_filters: Object.keys(unsupportedFilters) },
    { operation: "tickets.create", unsupported_fields: Object.keys(unsupportedFields) },
    { operation: "tickets.update", unsupported_fields: Object.keys(unsupportedFields) },
  ],
  setup: here("setup.md"),
  contract_minor: 1,
});

const control = {
  Describe: describe,

  Validate: (request) => ({ violations: violations(parse(request)) }),

  Connect(request, call) {
    call.connection = request.connection;
    const config = complete(request);
    const store = Store.at(config.file);
    const { json } = store.read(call.cost);
    const agent = agentOf(json, config.agent_resource);
    connections.connect(request.connection, store, agent.id);
    return {
      summary: `${json.tickets.length} tickets in ${store.path}`,
      agent_resource: { id: agent.id, name: agent.name, attribution: "native" },
      vendor_requests: call.cost.requests,
    };
  },

  Disconnect(request) {
    connections.disconnect(request.connection);
    return {};
  },

  Check(request, call) {
    call.connection = request.connection;
    const connection = connections.of(request.connection);
    return { findings: check(connection, call), vendor_requests: call.cost.requests };
  },

  Watch: (stream) => connections.watch(stream),
};

/** The technician that a name or an id means. */
function agentOf(json, text) {
  const reference = json.technicians.some((t) => t.id === text) ? { id: text } : { name: text };
  try {
    return pick("agent_resource", "technician", json.technicians, reference);
  } catch (err) {
    throw invalid(...err.detail.violations.map((v) => ({ ...v, field: "agent_resource" })));
  }
}

/** Looks whether a connection works. It changes nothing. */
function check(connection, call) {
  const { path } = connection.store;
  const findings = [];
  const add = (step, level, message, advice) => findings.push({ step, level, message, ...(advice && { advice }) });
  let desk;
  try {
    desk = connections.look(connection, () => connection.store.read(call.cost));
    add("file", "OK", `${path} holds ${desk.json.tickets.length} tickets and ${desk.json.notes.length} notes`);
  } catch (err) {
    add("file", "FAILED", err.message, "Put the file in its place, readable to the gateway's user, or mend it.");
    return findings;
  }
  try {
    accessSync(dirname(path), constants.W_OK); // a write makes a new file
    add("write", "OK", `the folder of ${path} can be written to`);
  } catch {
    add(
      "write",
      "WARNING",
      `nothing can be written to the folder of ${path}: tickets can be read and not changed`,
      "Let the gateway's user write to the folder.",
    );
  }
  const agent = desk.json.technicians.find((t) => t.id === connection.agent);
  if (agent && agent.active !== false) add("agent_resource", "OK", `writes are attributed to ${agent.name}`);
  else
    add(
      "agent_resource",
      "FAILED",
      `the technician ${connection.agent} is not in use any more`,
      "Name another one as agent_resource.",
    );
  return findings;
}

export const services = [
  ...served,
  { ...service("deskgate.connector.v1.Connector", control), end: () => connections.end() },
];
