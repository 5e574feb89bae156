# What the conformance suite needs to test this connector on its simulator:
#
#   bin/deskgate-simulator-connectwise --limits off
#   bin/deskgate connector test bin/connectors/deskgate-connector-connectwise --config plugins/connectwise/conformance.hcl

reset_url = "${env("CONNECTWISE_SIMULATOR", "http://127.0.0.1:9102")}/_sim/reset"

connection {
  site           = env("CONNECTWISE_SIMULATOR", "http://127.0.0.1:9102")
  company        = "mspdemo"
  public_key     = "Dg7PublicDemoKey"
  private_key    = "Dg7PrivateDemoKey"
  client_id      = "3f1c6a5e-7d0b-4d84-9c59-2f0b6f3f9a10"
  agent_resource = "deskgate"

  customer_notification = "note"
  rate_limit            = "off"
}

# Another tenant, a simulator of another seed: `--listen 127.0.0.1:9112 --seed 2`.
other_connection {
  when           = env("CONNECTWISE_OTHER_SIMULATOR", "") != ""
  site           = env("CONNECTWISE_OTHER_SIMULATOR", "")
  company        = "mspdemo"
  public_key     = "Dg7PublicDemoKey"
  private_key    = "Dg7PrivateDemoKey"
  client_id      = "3f1c6a5e-7d0b-4d84-9c59-2f0b6f3f9a10"
  agent_resource = "deskgate"
  rate_limit     = "off"
}

fixtures {
  new_ticket = {
    company = { name = "Sandpiper Travel" }
    queue   = { name = "Service Desk" }
  }
}

witness "ticket" {
  collection = "tickets"
  fields = {
    title        = record.summary
    "status.id"  = record.status.id
    "queue.id"   = record.board.id
    "company.id" = record.company.id
    number       = record.id
    created_at   = record._info.dateEntered
    updated_at   = record._info.lastUpdated
    due_at       = record.requiredDate
    resolved_at  = record.dateResolved
    closed_at    = record.closedDate
  }
}

witness "company" {
  collection = "companies"
  fields = {
    name        = record.name
    code        = record.identifier
    phone       = record.phoneNumber
    website     = record.website
    "status.id" = record.status.id
    created_at  = record._info.dateEntered
    updated_at  = record._info.lastUpdated
  }
}

witness "technician" {
  collection = "members"
  fields = {
    name   = "${record.firstName} ${record.lastName}"
    login  = record.identifier
    email  = record.primaryEmail
    active = !record.inactiveFlag
  }
}
