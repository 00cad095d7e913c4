package grade

import (
	"math/rand/v2"
	"slices"
	"testing"
)

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
		"second to fourth":   "2–4",
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

		// From one to another, in words and with signs.
		"grades 6 to 8":               "6–8",
		"6 through 8":                 "6–8",
		"6 thru 8":                    "6–8",
		"from grade 3 to grade 5":     "3–5",
		"3rd grade to 5th grade":      "3–5",
		"third through fifth grade":   "3–5",
		"6 - 8":                       "6–8",
		"6 – 8":                       "6–8",
		"6 -8, 10":                    "6–8, 10",
		"3º a 5º":                     "3–5",
		"de 3 a 5":                    "3–5",
		"del 3 al 5":                  "3–5",
		"3 al 5":                      "3–5",
		"desde 3.º hasta 5.º":         "3–5",
		"tercero a quinto":            "3–5",
		"1 a 2 y 6 a 7":               "1, 2, 6, 7",
		"Pre-K to 2":                  "PreK–2",
		"pre-k–2":                     "PreK–2",
		"k - 2":                       "K–2",
		"elementary to middle school": "K–8",
		"5 to 3":                      "?5 to 3",
		"5 a 3":                       "?5 a 3",
		"4 to":                        "?to",
		"to 4":                        "?to",
		"4, to 5":                     "?to",
		"4 to, 5":                     "?to",
		"4 a":                         "?a",
		"hasta":                       "?hasta",
		"3 to to 5":                   "?to",

		// As Spanish writes them.
		"4.º":                               "4",
		"4.°":                               "4",
		"4.ª":                               "4",
		"1.er grado":                        "1",
		"3.º-5.º":                           "3–5",
		"2.º de primaria":                   "2",
		"4º de primaria":                    "4",
		"Grade 4.":                          "4",
		"1º y 2º de primaria":               "1, 2",
		"3.º a 5.º de primaria":             "3–5",
		"5º curso de primaria":              "5",
		"1º ESO":                            "7",
		"1ºESO":                             "7",
		"4.º de ESO":                        "10",
		"de 1.º a 3.º de la ESO":            "7–9",
		"1º, 2º y 3º de ESO":                "7–9",
		"ESO 2":                             "8",
		"ESO":                               "7–10",
		"6º de primaria y 1º de ESO":        "6, 7",
		"6.º de primaria a 2.º de ESO":      "6–8",
		"1.º de primaria a 2.º de ESO":      "1–8",
		"6.º de primaria a 2.º":             "?6.º a 2.º",
		"6.º de primaria a 2.º, 4":          "?6.º a 2.º",
		"6.º de primaria a 2.º de primaria": "?2.º primaria",
		"primaria a 2.º de ESO":             "1–8",
		"primaria a 2.º 3.º":                "?primaria a 2.º",
		"1º de bachillerato":                "11",
		"2º Bach":                           "12",
		"2 de secundaria":                   "8",
		"9º de secundaria":                  "9",
		"primaria":                          "1–6",
		"bachillerato":                      "10–12",
		"4, primaria":                       "1–6",
		"primaria y secundaria":             "1–9",
		"primaria a secundaria":             "1–9",
		"7º de primaria":                    "?7º primaria",
		"5º de ESO":                         "?5º eso",
		"4º de bachillerato":                "?4º bachillerato",
		"primaria 8":                        "?8",
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

// Whatever is written, what is understood is read back from its text.
func TestTextIsReadBack(t *testing.T) {
	pieces := []string{"4", "8", "2.º", "k", "prek", "college", "primaria", "eso", "bach", "middle", "to", "-", "a", ",", "y", "de", "high", "drop", "11", "\n"}
	r := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		typed := ""
		for range r.IntN(7) {
			typed += pieces[r.IntN(len(pieces))] + " "
		}
		found, unknown := Parse(typed)
		if unknown != "" {
			continue
		}
		if again, unknown := Parse(Text(found)); unknown != "" || !slices.Equal(again, found) {
			t.Fatalf("%q is %q, which is read as %q, %q", typed, found, again, unknown)
		}
	}
}
