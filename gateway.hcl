# The example configuration: what `make run` starts. Copy it and change it.
#
# Check it with `deskgate validate`, which shows every mistake with its line.
# Secrets belong outside of this file:
#
#   env("NAME")              the environment variable NAME, which has to be set
#   env("NAME", "default")   the same, with a value for when it is not set
#   file("path")             a file's text, without the newline at its end
#
# A relative path starts at the directory of this file.

# The gateway itself. Whatever is left out has the value shown here.
gateway {
  listen = "127.0.0.1:8080" # or DESKGATE_LISTEN, or --listen

  # Where callers reach the gateway, if that is not where it listens:
  # public_url = "https://deskgate.example.com" # or DESKGATE_PUBLIC_URL

  shutdown_timeout = "8s" # what calls in flight get to finish

  log {
    level = "info" # trace, debug, info, warn, error; or DESKGATE_LOG_LEVEL, or --log-level
  }

  limits {
    body           = "1MiB" # the largest request
    read_deadline  = "30s"  # a call that reads, in all
    write_deadline = "60s"  # a call that writes, in all

    # To find out what became of a write whose answer was lost. That it did not
    # happen is sure once a lost request cannot arrive any more: at some PSAs after
    # 30s.
    outcome_deadline = "45s"

    attachment        = "50MiB" # the largest file that comes along
    transfer_deadline = "10m"   # a call with a file, in all
  }
}

# What has to outlive a restart. One gateway per directory.
state {
  dir = ".run/state" # or DESKGATE_STATE_DIR, or --state-dir
}

# A connector is a program that speaks one PSA's API. `deskgate connector list`
# shows what each can do.
connector "connectwise" {
  source = "bin/connectors/deskgate-connector-connectwise"
}

# A connection is one account at a PSA. Its name is part of every path:
# /v1/connections/connectwise-demo/tickets. Everything but `connector` is up to
# the connector; `deskgate connection check NAME` tells whether it works.
#
# This one talks to the simulator that `make run` starts. Its keys open nothing
# else, so they may stand here, and `deskgate validate` warns of them all the
# same. Write yours as private_key = env("CONNECTWISE_PRIVATE_KEY").
connection "connectwise-demo" {
  connector = "connectwise"

  site        = "http://127.0.0.1:9102"
  company     = "mspdemo"
  public_key  = "Dg7PublicDemoKey"
  private_key = "Dg7PrivateDemoKey"
  client_id   = "3f1c6a5e-7d0b-4d84-9c59-2f0b6f3f9a10"

  # The member that the gateway's writes are attributed to, by its identifier.
  agent_resource = "deskgate"

  # How ConnectWise mails customers here, which is how replies are sent: "note",
  # "time_entry" or "none".
  customer_notification = "note"

  # "vendor" is the limit that ConnectWise documents; "100/minute" is another.
  rate_limit = "vendor"
}

# A group is a named set of grants. What no group grants is refused. The levels
# are none, read, write and delete, each containing the one before it; an area
# that is not named is none. `deskgate operation list` shows which area and level
# every operation needs.
#
# tickets = "write" is for the ticket's own fields. A customer can read some of
# them in the PSA's portal: title, description, resolution. By themselves they
# mail nobody. The conversation is granted apart: notes are for technicians,
# customer_notes reach customers; a comment on a transition is one of the two.

# Everything on every connection, but for raw calls (raw): these pass by every finer
# permission.
group "full" {
  allow {
    tickets          = "delete" # title, description and resolution among the rest
    notes            = "delete" # internal notes
    customer_notes   = "delete" # notes that customers see, and may get by mail
    replies          = "write"  # mail to customers
    time_entries     = "delete"
    schedule_entries = "delete"
    attachments      = "delete"
    companies        = "read"
    contacts         = "write"
    configurations   = "write"
    technicians      = "read"
    catalogue        = "read" # queues, statuses, priorities, types, sources, custom fields
    vendor           = "read" # the PSA's own records, as they are
    connections      = "write"
    operations       = "read"
  }
  connections = ["*"]
}

# Looks at everything, touches nothing.
group "readonly" {
  allow {
    tickets          = "read"
    notes            = "read"
    replies          = "read"
    time_entries     = "read"
    schedule_entries = "read"
    attachments      = "read"
    companies        = "read"
    contacts         = "read"
    configurations   = "read"
    technicians      = "read"
    catalogue        = "read"
    operations       = "read"
  }
  connections = ["*"]
}

# Works on tickets, and says nothing to customers in their conversation.
group "junior" {
  allow {
    tickets          = "write"
    notes            = "write"
    time_entries     = "write"
    schedule_entries = "read"
    attachments      = "write"
    companies        = "read"
    contacts         = "read"
    configurations   = "read"
    technicians      = "read"
    catalogue        = "read"
    operations       = "read"
  }
  connections = ["connectwise-demo"]
}

# Hands tickets to technicians, and tells customers.
group "dispatcher" {
  allow {
    tickets          = "write"
    notes            = "write"
    customer_notes   = "write"
    replies          = "write"
    time_entries     = "read"
    schedule_entries = "delete"
    attachments      = "read"
    companies        = "read"
    contacts         = "read"
    configurations   = "read"
    technicians      = "read"
    catalogue        = "read"
    operations       = "read"
  }
  connections = ["connectwise-demo"]
}

# Looks after the gateway, and sees no ticket.
group "operator" {
  allow {
    connections = "write"
    operations  = "read"
  }
  connections = ["*"]
}

# An agent is a caller with a token of its own: an app, a bot, an AI agent. With
# several groups it may do what any of them grants.
#
# `deskgate agent token NAME` makes a token. Only its hash is kept; in place of
# `token`, the hash itself can stand here as token_sha256 = "<id>:<hash>".
# `make run` makes these tokens and keeps them in .run/demo.env.
agent "demo-full" {
  groups = ["full"]
  token  = env("DESKGATE_TOKEN_DEMO_FULL")
}

agent "demo-readonly" {
  groups = ["readonly"]
  token  = env("DESKGATE_TOKEN_DEMO_READONLY")
}

agent "demo-junior" {
  groups = ["junior"]
  token  = env("DESKGATE_TOKEN_DEMO_JUNIOR")
}

agent "demo-dispatcher" {
  groups = ["dispatcher"]
  token  = env("DESKGATE_TOKEN_DEMO_DISPATCHER")
}

agent "demo-operator" {
  groups = ["operator"]
  token  = env("DESKGATE_TOKEN_DEMO_OPERATOR")
}
