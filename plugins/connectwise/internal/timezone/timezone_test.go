package timezone

import (
	"testing"
	"time"
)

func TestOf(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"GMT-5/Eastern Time: US & Canada":                      "America/New_York",    // recorded
		"GMT+1/Amsterdam, Berlin, Bern":                        "Europe/Amsterdam",    // recorded
		"US Pacific":                                           "America/Los_Angeles", // recorded
		"GMT-3:30/Newfoundland":                                "America/St_Johns",
		"GMT-5/Indiana (East)":                                 "America/Indiana/Indianapolis",
		"(GMT-08:00) Pacific Time (US & Canada)":               "America/Los_Angeles",
		"(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm": "Europe/Amsterdam",
		"GMT/Greenwich Mean Time: Dublin, Edinburgh, London":   "Europe/London",
		"GMT-7/Chihuahua, La Paz, Mazatlan":                    "America/Chihuahua",
		"GMT-4/La Paz":                                         "America/La_Paz",
		"W. Europe Standard Time":                              "Europe/Berlin",
		"eastern standard time":                                "America/New_York",
		"Europe/Vienna":                                        "Europe/Vienna",
		" Asia/Kolkata ":                                       "Asia/Kolkata",
		"Head office, Vienna":                                  "Europe/Vienna",
		"UTC":                                                  "Etc/UTC",
		"(GMT)":                                                "Etc/UTC",
	} {
		zone, ok := Of(name)
		if !ok || zone.String() != want {
			t.Errorf("%q is %v, want %s", name, zone, want)
		}
	}
	for _, name := range []string{"", "GMT-5", "(GMT+01:00)", "Our zone", "Local", "/", "../../etc/passwd", "Mars/Olympus"} {
		if zone, ok := Of(name); ok {
			t.Errorf("%q is %s, and nobody can know", name, zone)
		}
	}
}

// Every zone of the tables exists, whatever the machine.
func TestTables(t *testing.T) {
	t.Parallel()
	for _, table := range []map[string]string{windows, places, universal} {
		for name, iana := range table {
			if _, err := time.LoadLocation(iana); err != nil {
				t.Errorf("%q: %v", name, err)
			}
		}
	}
}

func FuzzOf(f *testing.F) {
	for _, name := range []string{"GMT-5/Eastern Time: US & Canada", "US Pacific", "(GMT)", "Europe/Vienna", "GMT+", ":,;()"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if zone, ok := Of(name); ok == (zone == nil) {
			t.Errorf("%q: %v, %v", name, zone, ok)
		}
	})
}
