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

# A search by POST changes nothing.
reads = ["^POST .*/search$"]

fixtures {
  new_ticket = {
    company = { name = "Sandpiper Travel" }
    queue   = { name = "Service Desk" }
  }
  # What the API member's security role loses by revoke_right, as the simulator
  # names it, and what is refused without it.
  rights = {
    "tickets.create"      = "Service Tickets:add"
    "time_entries.create" = "Time Entry:add"
    "contacts.update"     = "Contacts:edit"
    "attachments.delete"  = "Manage Documents:delete"
  }

  # Its contact gets mail of every note for the customer.
  mailed_ticket = {
    company       = { name = "Sandpiper Travel" }
    queue         = { name = "Service Desk" }
    contact       = { email = "yara.dawson@sandpipertravel.example" }
    custom_fields = { "vendor.automaticEmailContactFlag" = true }
  }

  values = {
    "ticket.agreement" = { id = "833" }
  }

  raw {
    path   = "/service/tickets"
    body   = { summary = "Raw call", company = { identifier = "SandpiperTravel" }, board = { name = "Service Desk" } }
    record = "/service/tickets/{id}"
  }
}

witness "ticket" {
  collection = "tickets"
  fields = {
    title             = record.summary
    "status.id"       = record.status.id
    "queue.id"        = record.board.id
    "type.id"         = record.type.id
    "subtype.id"      = record.subType.id
    "item.id"         = record.item.id
    "priority.id"     = record.priority.id
    impact            = upper(record.impact)
    urgency           = upper(record.severity)
    "owner.id"        = record.owner.id
    "company.id"      = record.company.id
    "site.id"         = record.site.id
    "contact.id"      = record.contact.id
    due_at            = record.requiredDate
    estimated_seconds = round(record.budgetHours * 3600)
    "agreement.id"    = record.agreement.id
    "work_type.id"    = record.workType.id
    "parent.id"       = record.parentTicketId
    "merged_into.id"  = record.mergedParentTicket.id
    external_id       = record.externalXRef
    number            = record.id
    created_at        = record._info.dateEntered
    updated_at        = record._info.lastUpdated
    resolved_at       = record.dateResolved
    closed_at         = record.closedDate
  }
}

witness "note" {
  collection = "notes"
  fields = {
    ticket      = record.ticketId
    body        = record.text
    visibility  = record.detailDescriptionFlag || record.resolutionFlag ? "CUSTOMER" : "INTERNAL"
    "author.id" = record.member.id
  }
}

witness "time_entry" {
  collection = "timeEntries"
  fields = {
    "ticket.id"        = record.chargeToId
    "technician.id"    = record.member.id
    started_at         = record.timeStart
    ended_at           = record.timeEnd
    deduct_seconds     = round(record.hoursDeduct * 3600)
    billing            = lookup({ Billable = "BILLABLE", DoNotBill = "NON_BILLABLE", NoCharge = "NO_CHARGE" }, record.billableOption, "")
    "work_type.id"     = record.workType.id
    "work_role.id"     = record.workRole.id
    summary            = record.notes
    summary_visibility = record.addToDetailDescriptionFlag || record.addToResolutionFlag ? "CUSTOMER" : "INTERNAL"
    internal_notes     = record.internalNotes
  }
}

witness "schedule_entry" {
  collection = "scheduleEntries"
  fields = {
    "ticket.id"     = record.objectId
    "technician.id" = record.member.id
    start           = record.dateStart
    end             = record.dateEnd
    "status.id"     = record.status.id
  }
}

witness "attachment" {
  collection = "documents"
  fields = {
    file_name  = record.urlFlag ? null : record.fileName
    title      = record.title
    size       = record.urlFlag ? null : record.size
    visibility = record.publicFlag ? "CUSTOMER" : "INTERNAL"
  }
}

witness "contact" {
  collection = "contacts"
  fields = {
    first_name   = record.firstName
    last_name    = record.lastName
    "company.id" = record.company.id
    "site.id"    = record.site.id
    title        = record.title
    active       = !record.inactiveFlag
  }
}

witness "configuration" {
  collection = "configurations"
  fields = {
    name           = record.name
    "type.id"      = record.type.id
    "status.id"    = record.status.id
    active         = record.activeFlag
    "company.id"   = record.company.id
    "site.id"      = record.site.id
    "contact.id"   = record.contact.id
    serial_number  = record.serialNumber
    tag            = record.tagNumber
    model          = record.modelNumber
    ip_address     = record.ipAddress
    mac_address    = record.macAddress
    os             = lookup(record, "osType", "") != "" ? lookup(record, "osType", "") : lookup(record, "osInfo", "")
    warranty_until = replace(record.warrantyExpirationDate, "T00:00:00Z", "")
    installed_on   = replace(record.installationDate, "T00:00:00Z", "")
    "parent.id"    = record.parentConfigurationId
    external_id    = record.deviceIdentifier
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
