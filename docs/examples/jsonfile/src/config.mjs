// What a connection's block in gateway.hcl may hold.
import { isAbsolute } from "node:path";
import { invalid, violation } from "./fault.mjs";

export const schema = {
  attributes: [
    {
      name: "file",
      type: "STRING",
      required: true,
      description: "The JSON file, as an absolute path: this connector runs in a folder of its own.",
    },
    {
      name: "agent_resource",
      type: "STRING",
      required: true,
      description: "The technician that writes are attributed to: a name or an id of the file.",
    },
  ],
};

/**
 * What is wrong with a configuration, as far as it can be told without the file. What
 * is missing or of another type, the gateway has told by the schema.
 */
export function violations(config) {
  const found = [];
  if (typeof config.file === "string" && !isAbsolute(config.file)) {
    found.push(
      violation(
        "file",
        `${JSON.stringify(config.file)} is not an absolute path, and this connector runs in a folder of its own`,
      ),
    );
  }
  return found;
}

/** The configuration in a request; it has to be whole. */
export function complete(request) {
  const config = parse(request);
  const missing = schema.attributes
    .filter(({ name }) => typeof config[name] !== "string" || config[name] === "")
    .map(({ name }) => violation(name, `${name} is a text, and required`));
  const wrong = [...missing, ...violations(config)];
  if (wrong.length > 0) throw invalid(...wrong);
  return config;
}

export function parse({ config_json = "" }) {
  const config = JSON.parse(Buffer.from(config_json, "base64").toString("utf8") || "{}");
  if (config === null || typeof config !== "object") throw invalid(violation("", "the configuration is a JSON object"));
  return config;
}
