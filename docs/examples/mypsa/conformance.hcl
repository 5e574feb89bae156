# What the conformance suite needs to test this connector on its simulator.

reset_url = "${env("MYPSA_SIMULATOR", "http://127.0.0.1:9190")}/_sim/reset"

connection {
  site       = env("MYPSA_SIMULATOR", "http://127.0.0.1:9190")
  token      = "my-demo-token"
  rate_limit = "off"
}

fixtures {
  new_ticket = {
    company = { name = "Harbor Dental" }
  }
}

witness "ticket" {
  collection = "tickets"
  fields = {
    title         = record.subject
    description   = record.details
    "status.id"   = record.status
    "priority.id" = record.priority
    "company.id"  = record.customer.id
    external_id   = record.reference
    created_at    = record.created
    updated_at    = record.updated
  }
}
