package grade

import "testing"

func TestGrades(t *testing.T) {
	for typed, want := range map[string]string{
		"":                   "",
		"4":                  "4",
		"grade 4":            "4",
		"Grades 3-5":         "3–5",
		"3–5, 7":             "3–5, 7",
		"7 6":                "6, 7",
		"K,1":                "K, 1",
		"k-2":                "K–2",
		"PreK":               "PreK",
		"7th and 8th":        "7, 8",
		"6º y 7º":            "6, 7",
		"middle school":      "6–8",
		"High School":        "9–12",
		"11-college":         "11–College",
		"secundaria":         "7–9",
		"04":                 "4",
		"4 4 4":              "4",
		"kindergarten to 1":  "K, 1",
		"elementary, middle": "K–8",
		"13":                 "?13",
		"5-3":                "?5-3",
		"fourth":             "4",
		"second to fourth":   "2, 4",
		"third-fifth":        "3–5",
		"4to":                "4",
		"1er grado, 2do":     "1, 2",
		"3ero y 7mo":         "3, 7",
		"cuarto":             "4",
		"Cuarto grado":       "4",
		"séptimo y décimo":   "7, 10",
		"4tooth":             "?4tooth",
		"13th":               "?13th",
		"-":                  "?-",
		"4;drop":             "?drop",
	} {
		found, unknown := Parse(typed)
		got := Text(found)
		if unknown != "" {
			got = "?" + unknown
		}
		if got != want {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
}
