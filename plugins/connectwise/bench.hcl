# What `make bench` asks of ConnectWise: each scenario through the gateway, and
# what an app that speaks ConnectWise's own API would send for the same.
#
# Set by the bench: `simulator` is the simulator's address, and for each call
# `ticket` the id of one of the tickets, `n` a number and `since` a time long ago,
# both others in every call, so that no two calls are the same.

connector = "connectwise"

# The connection's block in the gateway's configuration.
connection = {
  site           = simulator
  company        = "mspdemo"
  public_key     = "Dg7PublicDemoKey"
  private_key    = "Dg7PrivateDemoKey"
  client_id      = "3f1c6a5e-7d0b-4d84-9c59-2f0b6f3f9a10"
  agent_resource = "deskgate"
  rate_limit     = "off"
}

# The tickets that are worked on, as a filter of the gateway's.
tickets = "kind=SERVICE"

# What goes with every direct call.
header = {
  Authorization = "Basic ${base64encode("mspdemo+Dg7PublicDemoKey:Dg7PrivateDemoKey")}"
  clientId      = "3f1c6a5e-7d0b-4d84-9c59-2f0b6f3f9a10"
  Accept        = "application/vnd.connectwise.com+json; version=2025.16"
}

locals = {
  api = "/v4_6_release/apis/3.0"
  # The members that a neutral list row is made of.
  row = join(",", [
    "id,summary,board/id,board/name,status/id,status/name,type/id,type/name,subType/id,subType/name,item/id,item/name",
    "owner/id,owner/identifier,owner/name,priority/id,priority/name,source/id,source/name,company/id,company/identifier",
    "company/name,site/id,site/name,contact/id,contact/name,contactName,contactEmailAddress,requiredDate,budgetHours",
    "actualHours,agreement/id,agreement/name,workType/id,workType/name,automaticEmailCc,closedFlag,closedDate,resources,_info",
  ])
  service_row = join(",", [
    "recordType,severity,impact,externalXRef,dateResolved,dateResponded,isInSla,sla/id,sla/name,parentTicketId",
    "mergedParentTicket/id,mergedParentTicket/summary",
  ])
}

# A ticket with all that belongs to it: at ConnectWise the description and the
# linked configurations are lists of their own.
scenario "ticket" {
  gateway = { path = "/tickets/${ticket}" }
  direct = [
    [{ path = "${local.api}/service/tickets/${ticket}" }],
    [
      { path = "${local.api}/service/tickets/${ticket}/notes?pageSize=1000&orderBy=id+asc&conditions=detailDescriptionFlag%3Dtrue+or+resolutionFlag%3Dtrue" },
      { path = "${local.api}/service/tickets/${ticket}/configurations?pageSize=1000" },
    ],
  ]
}

# One ticket as a row of a list: one request at ConnectWise.
scenario "row" {
  gateway = { path = "/tickets?kind=SERVICE&number=${ticket}" }
  direct = [[{
    path = "${local.api}/service/tickets?conditions=id%3D${ticket}&pageSize=2&fields=${local.row},${local.service_row}"
  }]]
}

scenario "page" {
  gateway = { path = "/tickets?kind=SERVICE&page_size=50&updated_since=${since}" }
  direct = [[{
    path = "${local.api}/service/tickets?conditions=lastUpdated%3E%3D%5B${since}%5D&orderBy=lastUpdated+asc,id+asc&pageSize=50&fields=${local.row},${local.service_row}"
  }]]
}

scenario "update" {
  gateway = { method = "PATCH", path = "/tickets/${ticket}", body = jsonencode({ title = "Bench ${n}" }) }
  direct = [[{
    method = "PATCH"
    path   = "${local.api}/service/tickets/${ticket}"
    body   = jsonencode([{ op = "replace", path = "summary", value = "Bench ${n}" }])
  }]]
}

# Tickets of the service desk and of projects are two lists at ConnectWise.
scenario "names" {
  gateway = { path = "/tickets?page_size=100&updated_since=${since}" }
  direct = [[
    { path = "${local.api}/service/tickets?conditions=lastUpdated%3E%3D%5B${since}%5D&orderBy=lastUpdated+asc,id+asc&pageSize=100&fields=${local.row},${local.service_row}" },
    { path = "${local.api}/project/tickets?conditions=lastUpdated%3E%3D%5B${since}%5D&orderBy=lastUpdated+asc,id+asc&pageSize=100&fields=${local.row},isIssueFlag" },
  ]]
}
