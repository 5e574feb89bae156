package timezone

// places names the zone of the places and the zones that labels list. The labels
// are those of older Windows releases, as ConnectWise ships them: recorded are
// "GMT-5/Eastern Time: US & Canada", "GMT+1/Amsterdam, Berlin, Bern" and, from
// before, "US Pacific".
var places = map[string]string{
	"coordinated universal time": "Etc/UTC", "international date line west": "Etc/GMT+12", "mid-atlantic": "Etc/GMT+2",

	"eastern time": "America/New_York", "us eastern": "America/New_York", "eastern": "America/New_York",
	"central time": "America/Chicago", "us central": "America/Chicago", "central": "America/Chicago",
	"mountain time": "America/Denver", "us mountain": "America/Denver", "mountain": "America/Denver",
	"pacific time": "America/Los_Angeles", "us pacific": "America/Los_Angeles", "pacific": "America/Los_Angeles",
	"alaska": "America/Anchorage", "hawaii": "Pacific/Honolulu", "arizona": "America/Phoenix",
	"indiana": "America/Indiana/Indianapolis", "atlantic time": "America/Halifax", "newfoundland": "America/St_Johns",
	"saskatchewan": "America/Regina",

	"tijuana": "America/Tijuana", "baja california": "America/Tijuana", "chihuahua": "America/Chihuahua",
	"mazatlan": "America/Mazatlan", "guadalajara": "America/Mexico_City", "mexico city": "America/Mexico_City",
	"monterrey": "America/Monterrey", "central america": "America/Guatemala", "bogota": "America/Bogota",
	"lima": "America/Lima", "quito": "America/Guayaquil", "caracas": "America/Caracas", "la paz": "America/La_Paz",
	"manaus": "America/Manaus", "georgetown": "America/Guyana", "santiago": "America/Santiago",
	"brasilia": "America/Sao_Paulo", "buenos aires": "America/Argentina/Buenos_Aires", "cayenne": "America/Cayenne",
	"greenland": "America/Nuuk", "montevideo": "America/Montevideo", "midway island": "Pacific/Midway",
	"samoa": "Pacific/Pago_Pago",

	"azores": "Atlantic/Azores", "cape verde is.": "Atlantic/Cape_Verde", "reykjavik": "Atlantic/Reykjavik",
	"casablanca": "Africa/Casablanca", "monrovia": "Africa/Monrovia", "greenwich mean time": "Europe/London",
	"dublin": "Europe/Dublin", "edinburgh": "Europe/London", "london": "Europe/London", "lisbon": "Europe/Lisbon",
	"amsterdam": "Europe/Amsterdam", "berlin": "Europe/Berlin", "bern": "Europe/Zurich", "rome": "Europe/Rome",
	"stockholm": "Europe/Stockholm", "vienna": "Europe/Vienna", "belgrade": "Europe/Belgrade",
	"bratislava": "Europe/Bratislava", "budapest": "Europe/Budapest", "ljubljana": "Europe/Ljubljana",
	"prague": "Europe/Prague", "brussels": "Europe/Brussels", "copenhagen": "Europe/Copenhagen",
	"madrid": "Europe/Madrid", "paris": "Europe/Paris", "sarajevo": "Europe/Sarajevo", "skopje": "Europe/Skopje",
	"warsaw": "Europe/Warsaw", "zagreb": "Europe/Zagreb", "athens": "Europe/Athens", "bucharest": "Europe/Bucharest",
	"istanbul": "Europe/Istanbul", "helsinki": "Europe/Helsinki", "kyiv": "Europe/Kyiv", "riga": "Europe/Riga",
	"sofia": "Europe/Sofia", "tallinn": "Europe/Tallinn", "vilnius": "Europe/Vilnius", "minsk": "Europe/Minsk",
	"moscow": "Europe/Moscow", "st. petersburg": "Europe/Moscow", "volgograd": "Europe/Volgograd",

	"west central africa": "Africa/Lagos", "cairo": "Africa/Cairo", "harare": "Africa/Harare",
	"pretoria": "Africa/Johannesburg", "windhoek": "Africa/Windhoek", "nairobi": "Africa/Nairobi",
	"amman": "Asia/Amman", "beirut": "Asia/Beirut", "jerusalem": "Asia/Jerusalem", "baghdad": "Asia/Baghdad",
	"kuwait": "Asia/Kuwait", "riyadh": "Asia/Riyadh", "tehran": "Asia/Tehran", "abu dhabi": "Asia/Dubai",
	"muscat": "Asia/Muscat", "baku": "Asia/Baku", "tbilisi": "Asia/Tbilisi", "yerevan": "Asia/Yerevan",
	"port louis": "Indian/Mauritius", "kabul": "Asia/Kabul",

	"ekaterinburg": "Asia/Yekaterinburg", "islamabad": "Asia/Karachi", "karachi": "Asia/Karachi",
	"tashkent": "Asia/Tashkent", "chennai": "Asia/Kolkata", "kolkata": "Asia/Kolkata", "mumbai": "Asia/Kolkata",
	"new delhi": "Asia/Kolkata", "sri jayawardenepura": "Asia/Colombo", "kathmandu": "Asia/Kathmandu",
	"almaty": "Asia/Almaty", "astana": "Asia/Almaty", "dhaka": "Asia/Dhaka", "novosibirsk": "Asia/Novosibirsk",
	"yangon": "Asia/Yangon", "bangkok": "Asia/Bangkok", "hanoi": "Asia/Ho_Chi_Minh", "jakarta": "Asia/Jakarta",
	"krasnoyarsk": "Asia/Krasnoyarsk", "beijing": "Asia/Shanghai", "chongqing": "Asia/Shanghai",
	"hong kong": "Asia/Hong_Kong", "urumqi": "Asia/Shanghai", "irkutsk": "Asia/Irkutsk",
	"ulaan bataar": "Asia/Ulaanbaatar", "ulaanbaatar": "Asia/Ulaanbaatar", "kuala lumpur": "Asia/Kuala_Lumpur",
	"singapore": "Asia/Singapore", "taipei": "Asia/Taipei", "osaka": "Asia/Tokyo", "sapporo": "Asia/Tokyo",
	"tokyo": "Asia/Tokyo", "seoul": "Asia/Seoul", "yakutsk": "Asia/Yakutsk", "vladivostok": "Asia/Vladivostok",
	"magadan": "Asia/Magadan",

	"perth": "Australia/Perth", "eucla": "Australia/Eucla", "adelaide": "Australia/Adelaide",
	"darwin": "Australia/Darwin", "brisbane": "Australia/Brisbane", "canberra": "Australia/Sydney",
	"melbourne": "Australia/Melbourne", "sydney": "Australia/Sydney", "hobart": "Australia/Hobart",
	"lord howe": "Australia/Lord_Howe", "guam": "Pacific/Guam", "port moresby": "Pacific/Port_Moresby",
	"solomon is.": "Pacific/Guadalcanal", "new caledonia": "Pacific/Noumea", "auckland": "Pacific/Auckland",
	"wellington": "Pacific/Auckland", "fiji": "Pacific/Fiji", "nuku'alofa": "Pacific/Tongatapu",
	"marquesas": "Pacific/Marquesas", "kiritimati": "Pacific/Kiritimati", "chatham": "Pacific/Chatham",
}
