package seed

// topic is a kind of trouble that tickets are made of.
type topic struct {
	board                int64
	kind, subType, item  string
	summary, description string
	internal, reply      string
	resolution           string
	priority             int64
	source               int64
}

// topics are what clients call about. {person}, {device} and {company} are
// filled in.
var topics = []topic{
	{ServiceDesk, "Desktop", "Performance", "Laptop", "Laptop very slow after update", "Since yesterday's update {person}'s laptop takes ten minutes to start and the fan runs all the time.", "Disk at 100% in Task Manager: the search indexer. Startup list has 19 entries.", "We have cleaned up the programs that start with Windows. Could you restart and tell us whether it is better?", "Removed startup items and rebuilt the search index. Boot time is down to 40 seconds.", normalPriority, emailSource},
	{ServiceDesk, "Desktop", "Software", "Workstation", "Accounting software will not open", "{person} gets \"unable to connect to the company file\" when opening the accounting software. Payroll is due on Friday.", "Database service on {device} had stopped after patching. Set to delayed start.", "The service on your server is running again. Please try to open the company file.", "Restarted the database service and set it to delayed start.", highPriority, phoneSource},
	{ServiceDesk, "Desktop", "Hardware", "Workstation", "Second monitor not detected", "After moving desks the second screen at {person}'s workstation stays black.", "Dock firmware is two versions behind.", "Please unplug the dock from power for half a minute, then connect it again.", "Updated the dock's firmware and replaced the cable.", lowPriority, portalSource},
	{ServiceDesk, "Email", "Delivery", "Outlook", "Emails to one client bounce", "All messages that {person} sends to a customer come back with \"550 5.7.1 blocked\".", "Our sending IP is on one block list, delisting requested. DKIM selector 2 is missing.", "We have asked the receiving provider to take your server off their list. This can take a day.", "Published the missing DKIM record; messages are delivered again.", highPriority, emailSource},
	{ServiceDesk, "Email", "Mailbox Access", "Outlook", "Needs access to shared mailbox", "Please give {person} full access to the billing mailbox.", "Approval of the owner is needed before we grant this.", "Could the owner of the mailbox confirm that this is wanted?", "Granted full access and send-as after approval.", normalPriority, portalSource},
	{ServiceDesk, "Email", "Mailbox Access", "Mobile Device", "Phone asks for the mail password again and again", "{person}'s phone keeps asking for the password although it is right.", "Conditional access blocks the old mail client.", "Please install the Outlook app and sign in with your usual account.", "Moved the phone to the Outlook app.", normalPriority, phoneSource},
	{ServiceDesk, "Network", "Connectivity", "Wireless", "Wi-Fi drops in the meeting room", "Video calls in the large meeting room break off every few minutes.", "Access point 3 is on channel 6 together with the neighbours.", "We have changed the channel of the access point. Please watch it over your next meetings.", "Changed to channel 36 and lowered the power of the neighbouring access point.", normalPriority, emailSource},
	{ServiceDesk, "Network", "VPN", "Firewall", "VPN connects but no drives", "From home {person} can connect, but the S: drive is missing.", "Split tunnel lacks the file server's subnet.", "We have sent a new profile to your computer; please connect once more.", "Added the missing route to the VPN profile.", normalPriority, phoneSource},
	{ServiceDesk, "User Account", "Onboarding", "Microsoft 365", "New hire starting Monday", "{person} begins next Monday in sales: mailbox, laptop, door badge and CRM access please.", "License ordered, laptop from stock. Badge needs facilities.", "Everything but the badge is prepared. Who may hand it over on Monday?", "Account created, laptop delivered, first sign-in done together with the user.", lowPriority, portalSource},
	{ServiceDesk, "User Account", "Password Reset", "Active Directory", "Locked out after vacation", "{person} is back from vacation and cannot sign in.", "Locked by the old phone that still has the previous password.", "Your account is unlocked. Please update the password on your phone too.", "Unlocked the account, password changed, phone updated.", highPriority, phoneSource},
	{ServiceDesk, "Printing", "Hardware", "Printer", "Copier jams on every second page", "The copier on the first floor jams, cleaning did not help.", "Fuser has 212,000 pages. Part is ordered with the manufacturer.", "We have ordered the part; until then please use the printer in accounting.", "Replaced the fuser unit.", normalPriority, emailSource},
	{ServiceDesk, "Printing", "Software", "Printer", "Scan to folder stopped working", "Scans no longer arrive in the folder since the server was replaced.", "SMB1 was switched off with the new server; copier firmware supports SMB3.", "Please send a test scan now.", "Updated the firmware and the credentials of the scan profile.", normalPriority, phoneSource},
	{ManagedServices, "Server", "Performance", "Windows Server", "File server slow in the morning", "Opening files takes a minute between 8 and 9.", "Backup from {device} overlaps with office hours since the clock change.", "We have moved the backup and watch the server this week.", "Moved the backup job to 22:00.", normalPriority, emailSource},
	{ManagedServices, "Server", "Patching", "Virtual Host", "Firmware maintenance on the host", "The host needs its quarterly firmware maintenance.", "Window agreed: Saturday 20:00 to 23:00. Snapshot first.", "We propose Saturday at 20:00; all servers will be down for about an hour.", "Firmware updated, all guests checked.", lowPriority, apiSource},
	{ManagedServices, "Backup", "Failed Job", "Backup Appliance", "Nightly backup of {device} failed three times", "The job ended with a VSS time-out three nights in a row.", "Shadow storage is full. Old restore points block the growth.", "We are working on the backup; your last good copy is from three days ago.", "Enlarged the shadow storage, job ran clean twice.", highPriority, monitorSource},
	{ManagedServices, "Backup", "Restore", "Cloud Backup", "Restore a folder deleted by mistake", "{person} deleted the folder \"Bids 2025\" yesterday afternoon.", "Last copy before the deletion is from 12:30.", "We restore the state of 12:30 next to the original folder. Is that right for you?", "Restored 1,284 files; the client confirmed.", highPriority, phoneSource},
	{ManagedServices, "Security", "Phishing", "Endpoint Agent", "Suspicious invoice mail opened", "{person} opened an attachment and typed the password on the page that came up.", "Sessions revoked, sign-in from abroad at 09:14. No rules created in the mailbox.", "We have signed the account out everywhere. Please call us for a new password.", "Password and second factor renewed, mailbox checked, no data left.", criticalPriority, phoneSource},
	{ManagedServices, "Security", "Patching", "Firewall", "Firewall firmware is out of support", "The firewall's firmware branch ends next month.", "Upgrade path needs two steps, config exported.", "May we do the upgrade on Thursday after 18:00?", "Upgraded in two steps, VPN tested.", normalPriority, apiSource},
	{Alerts, "Availability", "Offline", "Server", "{device} is not answering", "Monitoring: no heartbeat for 10 minutes.", "Host console shows a pending update reboot.", "", "Server came back after the update; agent healthy.", criticalPriority, monitorSource},
	{Alerts, "Availability", "Latency", "Switch", "Latency to {company} above 200 ms", "Monitoring: average latency 240 ms over 15 minutes.", "Provider reports a fibre cut, rerouted.", "", "Provider repaired the line.", highPriority, monitorSource},
	{Alerts, "Capacity", "Disk Space", "Server", "Disk C: below 5% on {device}", "Monitoring: 3.8 GB free of 120 GB.", "Log directory of the web server has 41 GB.", "", "Log rotation set up, 44 GB free.", normalPriority, monitorSource},
	{Alerts, "Capacity", "Memory", "Server", "Memory above 95% on {device}", "Monitoring: 15.6 of 16 GB for an hour.", "One database instance without a limit.", "", "Set the memory limit of the instance.", normalPriority, monitorSource},
	{FieldService, "Site Visit", "Installation", "Cabling", "Run two network drops to the new office", "The new corner office needs two drops and a phone.", "Needs 30 m of cable and a lift. Two technicians.", "We can come on Wednesday morning. Is the ceiling accessible?", "Two drops tested and labelled.", lowPriority, emailSource},
	{FieldService, "Site Visit", "Repair", "Conference Room", "Conference room camera dead", "The camera in the board room shows no light; a board meeting is on Thursday.", "Power injector is dead, spare in the van.", "A technician will be there tomorrow between 9 and 11.", "Replaced the power injector.", highPriority, phoneSource},
	{FieldService, "Equipment Move", "Installation", "Workstation", "Move six desks to the second floor", "Six workstations move on the last Friday of the month.", "Switch on the second floor has 4 free ports, bring an 8-port.", "Please label the desks with the names of who sits where.", "All six workstations moved and tested.", lowPriority, portalSource},
	{InternalIT, "Administration", "Licensing", "", "Renew our remote support licenses", "The remote support licenses end this month.", "Quote requested for 12 seats.", "", "Renewed for 12 months.", lowPriority, emailSource},
	{InternalIT, "Administration", "Documentation", "", "Document the new client network", "Network plan and passwords of {company} are missing in the documentation.", "Half done, firewall rules are missing.", "", "Documentation complete and reviewed.", lowPriority, apiSource},
}

// projectPlans are the projects with their phases.
var projectPlans = []struct {
	id      int64
	name    string
	company int64
	phases  []string
	tasks   []string
}{
	{41, "Microsoft 365 migration", firstClient + 4, []string{"Planning", "Cutover"}, []string{"Inventory of mailboxes", "Pilot group migration", "DNS cutover", "Decommission old mail server"}},
	{42, "Server refresh", firstClient + 14, []string{"Build", "Go-live"}, []string{"Rack and cable new host", "Move file services", "Move line-of-business database", "Retire old host"}},
	{43, "Office move to Mill Road", firstClient + 29, []string{"Preparation", "Move"}, []string{"Order internet line", "Cabling acceptance", "Move weekend", "Aftercare"}},
}
