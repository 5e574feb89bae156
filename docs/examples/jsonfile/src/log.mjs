// The log: one JSON object a line on standard error, as go-hclog writes them.
const levels = ["trace", "debug", "info", "warn", "error"];
const least = Math.max(levels.indexOf(process.env.DESKGATE_LOG_LEVEL ?? "info"), 0);

// Without a reader, the process is about to end; the log does not end it before.
process.stderr.on("error", () => {});

function write(level, message, fields = {}) {
  if (levels.indexOf(level) < least) return;
  const line = {
    "@level": level,
    "@message": message,
    "@module": "jsonfile",
    "@timestamp": new Date().toISOString(),
    ...fields,
  };
  process.stderr.write(JSON.stringify(line) + "\n");
}

export const log = Object.fromEntries(
  levels.map((level) => [level, (message, fields) => write(level, message, fields)]),
);
