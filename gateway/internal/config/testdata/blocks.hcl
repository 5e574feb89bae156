# Mistakes in the gateway's own blocks.
colour = "blue"

gateway {
  lisen      = "127.0.0.1:8080"
  public_url = "ftp://deskgate.example.com"
  tls        = {}
  log {
    level = "inof"
  }
  limits {
    body           = "lots"
    read_deadline  = 30
    write_deadline = "2h"
  }
  log = "debug"
}

state {
  dir      = debug
  postgres = "postgres://deskgate:Hidden-Secret-1@db/deskgate"
}

state {
  dir = ".run"
}

conector "x" {
  source = "bin/x"
}

connector "Connect Wise" {
  source = "bin/x"
}

connector "connectwise" {
  version = 1
}

connection "demo" {
  connector   = "conectwise"
  site        = env("CONFIG_TEST_UNSET")
  private_key = Hidden-Secret-2
  other_key   = env("Hidden-Secret-3")
  cert        = file("missing.pem")
  list        = [for x in ["a"] : x]
}

connection {
  connector = "connectwise"
}

workflow "escalate" {
}

group "support" {
  allow {
    ticket = "write"
    notes  = "wirte"
  }
  connections = ["demo", "dmeo", "*"]
}

group "support" {
  allow {}
  connections = []
}

agent "one" {
  groups = ["suport"]
  token  = "Hidden-Secret-4"
}

agent "two" {
  groups       = ["support"]
  token        = env("CONFIG_TEST_TOKEN")
  token_sha256 = "Hidden-Secret-5"
}

agent "three" {
  groups = "support"
}

agent "four" {
  groups = ["support"]
  token  = env("CONFIG_TEST_TOKEN")
}

agent "five" {
  groups = ["support"]
  token  = env("CONFIG_TEST_TOKEN", "unused")
}

agent "six" {
  groups   = ["support"]
  passwort = "Hidden-Secret-6"
  token_sha256 = "dg_abcdefgh_HiddenSecret7HiddenSecret7HiddenSecret7"
}
