// The file itself: read when it has changed, written whole and at once. All of it is
// synchronous on purpose: between reading and writing, no other call of this process
// comes in between, and what is written is on the disk before anybody is told.
import {
  closeSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { Fault } from "./fault.mjs";

/** A file that cannot be used: the connection is down until that changes. */
const down = (message) => new Fault("connection_down", message, { source: "PSA" });

/** What tells one state of a file from another. */
const version = (stat) => `${stat.ino} ${stat.size} ${stat.mtimeNs}`;

/** Reads a file as JSON, unless it is the version that is known already. */
export function read(path, known) {
  let fd;
  try {
    fd = openSync(path, "r");
    const stat = fstatSync(fd, { bigint: true });
    if (!stat.isFile()) throw Object.assign(new Error("it is no file"), { code: "EISDIR" });
    if (version(stat) === known) return { version: known };
    return { version: version(stat), json: JSON.parse(readFileSync(fd, "utf8")) };
  } catch (err) {
    if (err instanceof SyntaxError) throw down(`${path} is no JSON: ${err.message}`);
    throw down(err.code === "ENOENT" ? `there is no file ${path}` : `${path} cannot be read: ${err.message}`);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

const stale = 2000; // ms; a write takes a few

/**
 * Writes a file anew, if it still is of the version that the change began with. The
 * new content is in a file beside it first, which is renamed: whoever reads, and
 * whatever kills this process, finds the old content or the new one whole. That file
 * is also the lock against other processes.
 */
export function replace(path, known, json) {
  const beside = path + ".new";
  const fd = open(beside);
  try {
    const stat = statSync(path, { bigint: true });
    if (version(stat) !== known)
      throw new Fault("conflict", `${path} was changed at the same time; nothing was written`);
    writeFileSync(fd, JSON.stringify(json, null, 2) + "\n");
    fsyncSync(fd);
    renameSync(beside, path);
  } catch (err) {
    rmSync(beside, { force: true });
    if (err instanceof Fault) throw err;
    throw down(`${path} cannot be written: ${err.message}`);
  } finally {
    closeSync(fd);
  }
  const folder = openSync(dirname(path), "r");
  fsyncSync(folder);
  closeSync(folder);
}

/** Opens the file beside, of which there is one at a time. */
function open(beside) {
  for (;;) {
    try {
      return openSync(beside, "wx", 0o600);
    } catch (err) {
      if (err.code !== "EEXIST") throw down(`${beside} cannot be made: ${err.message}`);
    }
    try {
      // Another process is at it, or was killed over it.
      if (Date.now() - statSync(beside).mtimeMs > stale) rmSync(beside);
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    } catch (err) {
      if (err.code !== "ENOENT") throw down(`${beside} is in the way: ${err.message}`);
    }
  }
}
