// What the file holds, checked and found by id.
import { realpathSync } from "node:fs";
import { Fault } from "./fault.mjs";
import { read, replace } from "./file.mjs";
import { wrong } from "./shape.mjs";
import { instant } from "./time.mjs";

/** One state of the file. It is never changed: a change makes another one. */
class Desk {
  constructor({ version, json }) {
    this.version = version;
    this.json = json;
    this.tickets = byId(json.tickets);
    this.notes = byId(json.notes);
    for (const list of [json.tickets, json.notes]) {
      for (const record of list)
        times.set(record, { created: instant(record.created_at), updated: instant(record.updated_at) });
    }
  }

  /** The id that the next record gets: it has never been one. */
  nextId() {
    const taken = [this.json.next_id ?? 1];
    for (const record of [...this.json.tickets, ...this.json.notes]) {
      if (/^[0-9]{1,15}$/.test(record.id)) taken.push(Number(record.id) + 1);
    }
    return taken.reduce((a, b) => Math.max(a, b));
  }
}

const byId = (list) => new Map(list.map((record) => [record.id, record]));

/** When a record was created and last changed, in nanoseconds. */
const times = new WeakMap();
export const timesOf = (record) => times.get(record);

/** A file and the state of it that was seen last. Connections to one file share it. */
export class Store {
  static #all = new Map();

  static at(path) {
    let real;
    try {
      real = realpathSync(path);
    } catch {
      real = path; // reading it says what is wrong
    }
    let store = Store.#all.get(real);
    if (!store) Store.#all.set(real, (store = new Store(real)));
    return store;
  }

  constructor(path) {
    this.path = path;
  }

  /** The file as it is now. */
  read(cost) {
    const found = cost.of(
      () => read(this.path, this.desk?.version),
      (f) => f.json !== undefined,
    );
    if (found.json !== undefined) {
      const why = wrong(found.json);
      if (why) throw new Fault("connection_down", `${this.path} is not a desk: ${why}`, { source: "PSA" });
      this.desk = new Desk(found);
    }
    return this.desk;
  }

  /**
   * Writes lists of the file anew, and returns the file as it is then, read back.
   * From desk on, nobody else may have changed it.
   */
  write(desk, lists, cost) {
    try {
      cost.of(() => replace(this.path, desk.version, { ...desk.json, ...lists }));
      cost.wrote = true;
    } catch (err) {
      cost.wrote = !(err instanceof Fault); // a fault is told while the old file is there
      throw err;
    }
    return this.read(cost);
  }
}
