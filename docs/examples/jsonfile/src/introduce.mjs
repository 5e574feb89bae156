// What a person sees who starts this program by hand.

export function introduce(d) {
  const rows = d.schema.attributes.map(
    (a) => `  ${a.name.padEnd(16)}${a.description}${a.required ? " Required." : ""}`,
  );
  return `${d.name} ${d.version}
${d.summary}

This is a connector of Deskgate: the gateway starts it, there is nothing to run by hand.

Services
${d.services.map((s) => "  " + s).join("\n")}

Configuration of a connection
${rows.join("\n")}

${d.setup}`;
}
