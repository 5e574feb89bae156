# A gateway with this connector alone; README.md says how to start it.

state {
  dir = "../../../.run/jsonfile"
}

connector "jsonfile" {
  source = "."
}

connection "desk" {
  connector      = "jsonfile"
  file           = env("DESK")
  agent_resource = "Robin"
}

group "everything" {
  allow {
    tickets     = "write"
    notes       = "write"
    catalogue   = "read"
    vendor      = "read"
    connections = "write"
    operations  = "read"
  }
  connections = ["*"]
}

agent "desk" {
  groups = ["everything"]
  token  = env("DESK_TOKEN")
}
