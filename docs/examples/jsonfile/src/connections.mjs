// The connections and how they are.
import { Fault, internal } from "./fault.mjs";

/** One connection: a file, and the technician that its writes are attributed to. */
class Connection {
  health = { health: "READY" };
  since = new Date().toISOString();

  constructor(name, store, agent) {
    Object.assign(this, { name, store, agent });
  }

  /** Takes in how a look at the file went, and tells whether that is news. */
  saw(fault) {
    const health = fault ? { health: "DEGRADED", reason: fault.message, fault: fault.detail } : { health: "READY" };
    if (health.reason === this.health.reason) return false;
    if (health.health !== this.health.health) this.since = new Date().toISOString();
    this.health = health;
    return true;
  }

  news() {
    return { connection: this.name, ...this.health, since: this.since };
  }
}

export class Connections {
  #all = new Map();
  #watchers = new Set();

  /** Puts a connection in the place of the one of its name, if there is one. */
  connect(name, store, agent) {
    const connection = new Connection(name, store, agent);
    this.#all.set(name, connection);
    this.#tell(connection);
  }

  disconnect(name) {
    this.#all.delete(name); // its calls have ended: none lasts beyond its turn
  }

  /** The connection of a call. */
  of(name) {
    if (name === undefined) throw internal();
    const connection = this.#all.get(name);
    if (connection) return connection;
    throw new Fault("connection_down", `the connection ${JSON.stringify(name)} is not connected`, {
      reason: "NOT_CONNECTED",
      outcome: "NOT_SENT",
    });
  }

  /** Does something with the file of a connection, and learns from it how that is. */
  look(connection, act) {
    let fault;
    try {
      return act();
    } catch (err) {
      if (err.code === "connection_down") fault = err;
      throw err;
    } finally {
      if (connection.saw(fault)) this.#tell(connection);
    }
  }

  /** Tells a stream how every connection is, and again whenever that changes. */
  watch(stream) {
    this.#watchers.add(stream);
    stream.on("cancelled", () => this.#watchers.delete(stream));
    for (const connection of this.#all.values()) stream.write(connection.news());
  }

  #tell(connection) {
    if (this.#all.get(connection.name) !== connection) return;
    for (const stream of this.#watchers) stream.write(connection.news());
  }

  end() {
    for (const stream of this.#watchers) stream.end();
    this.#watchers.clear();
  }
}
