// A connector of Deskgate that keeps tickets and notes in a JSON file.
import { describe, services } from "./connector.mjs";
import { introduce } from "./introduce.mjs";
import { serve } from "./plugin.mjs";

if (process.env.DESKGATE_CONNECTOR === "deskgate.connector.v1") {
  await serve(services);
} else {
  process.stdout.write(introduce(describe()));
}
