// A file to test the connector on, and the admin paths that Deskgate's conformance
// suite uses: `node simulator.mjs 127.0.0.1:9109 /tmp/desk.json`. It lays desk.json
// there, and again at every reset, and ends with its standard input.
import { copyFileSync, readFileSync } from "node:fs";
import { createServer } from "node:http";

const [listen = "127.0.0.1:9109", file = "/tmp/desk.json"] = process.argv.slice(2);
const [host, port] = listen.split(":");

const reset = () => copyFileSync(new URL("desk.json", import.meta.url), file);
const paths = {
  "POST /_sim/reset": () => (reset(), {}),
  "GET /_sim/outbox": () => [], // nothing mails what is in a file
  "GET /_sim/state": () => JSON.parse(readFileSync(file, "utf8")),
};

const server = createServer((request, response) => {
  const path = `${request.method} ${request.url.replace(/\/?(\?.*)?$/, "")}`;
  const list = /^GET \/_sim\/state\/(\w+)$/.exec(path)?.[1];
  const answer = list ? paths["GET /_sim/state"]()[list] : paths[path]?.();
  request.resume().on("end", () => {
    response.writeHead(answer === undefined ? 404 : 200, { "Content-Type": "application/json" });
    response.end(JSON.stringify(answer ?? { error: `there is no ${path}` }));
  });
});

reset();
server.listen(Number(port), host, () => console.log(`http://${host}:${server.address().port} keeps ${file}`));
process.stdin.on("end", () => process.exit(0)).resume();
