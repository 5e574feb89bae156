# What the conformance suite needs to test this connector:
#
#   node simulator.mjs 127.0.0.1:9109 /tmp/desk.json
#   deskgate connector test ./deskgate-connector-jsonfile --config conformance.hcl

reset_url = "${env("DESK_SIMULATOR", "http://127.0.0.1:9109")}/_sim/reset"

connection {
  file           = env("DESK", "/tmp/desk.json")
  agent_resource = "Robin"
}

fixtures {
  new_ticket = {
    company = { name = "Harbour Bakery" }
    queue   = { name = "Field work" }
  }
  technician = "Mara Lindqvist"
}

witness "ticket" {
  collection = "tickets"
  fields = {
    title         = record.title
    "status.id"   = record.status
    "priority.id" = record.priority
    "queue.id"    = record.queue
    "company.id"  = record.company
    created_at    = record.created_at
    updated_at    = record.updated_at
  }
}
