package rule

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
)

// phrases is what people write, and the one English spelling of what it means.
var phrases = []struct{ phrase, want string }{
	// The organizers' own words.
	{"every tuesday at 8pm", "every tuesday at 20:00"},
	{"weekdays at 7:30", "weekdays at 7:30"},
	{"every 2 weeks on friday at 15:00", "every 2 weeks on friday at 15:00"},
	{"first monday of the month at 9am", "the first monday of the month at 9:00"},
	{"last thursday at 16:00", "the last thursday of the month at 16:00"},
	{"daily at 7:00 except holidays", "daily at 7:00 except holidays"},
	{"on 2026-12-03 at 19:00", "on 2026-12-03 at 19:00"},

	// Days of the week.
	{"tuesdays at 8 pm", "every tuesday at 20:00"},
	{"Tuesday 8pm", "every tuesday at 20:00"},
	{"8 p.m. on Tuesdays", "every tuesday at 20:00"},
	{"at 8 P. M. every Tue.", "every tuesday at 20:00"},
	{"every weekday at 7:30", "weekdays at 7:30"},
	{"weekdays, 7:30", "weekdays at 7:30"},
	{"mon, wed and fri at 15:00", "every monday, wednesday and friday at 15:00"},
	{"Mon/Wed/Fri at 15:00", "every monday, wednesday and friday at 15:00"},
	{"fridays and mondays at 3pm", "every monday and friday at 15:00"},
	{"monday to friday at 7:30", "weekdays at 7:30"},
	{"Mon–Fri 7:30", "weekdays at 7:30"},
	{"from monday through thursday at noon", "every monday, tuesday, wednesday and thursday at 12:00"},
	{"sat-mon at 10:00", "every monday, saturday and sunday at 10:00"},
	{"weekends at 10", "weekends at 10:00"},
	{"weekly on friday at 15:00", "every friday at 15:00"},
	{"every week on friday and monday at 15:00", "every monday and friday at 15:00"},
	{"every school day at 7:30", "weekdays at 7:30 except holidays"},
	{"working days at 7:30 or the next working day", "weekdays at 7:30 or the next working day if it is a holiday"},
	{"weekdays at 9, 12 and 15:00", "weekdays at 9:00, 12:00 and 15:00"},
	{"every day at midnight", "daily at 0:00"},
	{"everyday at seven", "daily at 7:00"},
	{"every day at 9 o'clock in the morning", "daily at 9:00"},
	{"every day at 8 in the evening", "daily at 20:00"},
	{"daily at 12 am", "daily at 0:00"},
	{"daily at 12pm and 20h30", "daily at 12:00 and 20:30"},
	{"daily @ 8pm", "daily at 20:00"},
	{"daily at 20.15", "daily at 20:15"},
	{"daily at 7:00 except weekends", "weekdays at 7:00"},
	{"daily at 7:00 except fridays and holidays", "every monday, tuesday, wednesday, thursday, saturday and sunday at 7:00 except holidays"},

	// Every few weeks.
	{"every other friday at 3pm", "every 2 weeks on friday at 15:00"},
	{"every other week on friday at 3pm", "every 2 weeks on friday at 15:00"},
	{"every second week on friday at 3pm", "every 2 weeks on friday at 15:00"},
	{"fridays every two weeks at 15:00", "every 2 weeks on friday at 15:00"},
	{"fortnightly on fridays at 15:00", "every 2 weeks on friday at 15:00"},
	{"every 4 weeks, tuesday 10:00", "every 4 weeks on tuesday at 10:00"},
	{"every 3 fridays at 15:00", "every 3 weeks on friday at 15:00"},
	{"every 2 weeks on weekdays at 8:00", "every 2 weeks on monday, tuesday, wednesday, thursday and friday at 8:00"},
	{"every 2 weeks on friday at 15:00 from 2026-09-04", "every 2 weeks on friday at 15:00 from 2026-09-04"},
	{"every 2 weeks on friday at 15:00 starting on september 1st, 2026", "every 2 weeks on friday at 15:00 from 2026-09-04"},

	// Weekdays and days of the month.
	{"monthly on the first monday at 9", "the first monday of the month at 9:00"},
	{"every first monday of the month at 9:00", "the first monday of the month at 9:00"},
	{"the 1st and 3rd monday of each month at 9:00", "the first and third monday of the month at 9:00"},
	{"every last thursday at 16:00", "the last thursday of the month at 16:00"},
	{"every month on the last friday at 16:00", "the last friday of the month at 16:00"},
	{"the second tuesday of september and february at 18:00", "the second tuesday of february and september at 18:00"},
	{"on the 15th of each month at noon", "the 15th of the month at 12:00"},
	{"on the 15th at noon", "the 15th of the month at 12:00"},
	{"the 1st and the 15th of the month at 9:00", "the 1st and 15th of the month at 9:00"},
	{"on day 15 of every month at 9:00", "the 15th of the month at 9:00"},
	{"the last day of the month at 17:00", "the last day of the month at 17:00"},
	{"monthly on the 1st and last day at 17:00", "the 1st and last of the month at 17:00"},
	{"every year on december 3 at 19:00", "every year on the 3rd of december at 19:00"},
	{"every 3 december at 19:00", "every year on the 3rd of december at 19:00"},
	{"yearly on the 29th of february at 9:00", "every year on the 29th of february at 9:00"},

	// Once.
	{"2026-12-03 19:00", "on 2026-12-03 at 19:00"},
	{"2026-12-03T19:00", "on 2026-12-03 at 19:00"},
	{"december 3, 2026 at 7pm", "on 2026-12-03 at 19:00"},
	{"3 december 2026 at 7pm", "on 2026-12-03 at 19:00"},
	{"on thursday, the 3rd of December 2026, at 7 pm", "on 2026-12-03 at 19:00"},
	{"at 9, 3 december 2026", "on 2026-12-03 at 9:00"},

	// Holidays.
	{"except holidays, daily at 7:00", "daily at 7:00 except holidays"},
	{"daily at 7:00 unless it's a holiday", "daily at 7:00 except holidays"},
	{"daily at 7:00, but not on public holidays", "daily at 7:00 except holidays"},
	{"daily at 7:00 including holidays", "daily at 7:00"},
	{"every monday at 9 or the next working day if it is a holiday", "every monday at 9:00 or the next working day if it is a holiday"},
	{"every monday at 9, or on the following school day if that falls on a holiday", "every monday at 9:00 or the next working day if it is a holiday"},
	{"every monday at 9; if it is a holiday, the next working day", "every monday at 9:00 or the next working day if it is a holiday"},

	// Spanish.
	{"cada martes a las 20:00", "every tuesday at 20:00"},
	{"los martes a las 8 de la tarde", "every tuesday at 20:00"},
	{"MARTES A LAS 8 P. M.", "every tuesday at 20:00"},
	{"todos los martes a las ocho y media de la noche", "every tuesday at 20:30"},
	{"de lunes a viernes a las 7:30", "weekdays at 7:30"},
	{"entre semana a las 7:30", "weekdays at 7:30"},
	{"los días lectivos a las 7:30", "weekdays at 7:30 except holidays"},
	{"los fines de semana a las 10", "weekends at 10:00"},
	{"lun, mié y vie a las 15:00", "every monday, wednesday and friday at 15:00"},
	{"los sábados y domingos al mediodía", "weekends at 12:00"},
	{"cada 2 semanas los viernes a las 15:00", "every 2 weeks on friday at 15:00"},
	{"los viernes cada dos semanas a las 15:00", "every 2 weeks on friday at 15:00"},
	{"cada quince días los viernes a las 15 h", "every 2 weeks on friday at 15:00"},
	{"quincenalmente los viernes a las 15:00", "every 2 weeks on friday at 15:00"},
	{"cada 2 semanas los viernes a las 15:00 a partir del 1 de septiembre de 2026", "every 2 weeks on friday at 15:00 from 2026-09-04"},
	{"el primer lunes del mes a las 9", "the first monday of the month at 9:00"},
	{"cada primer lunes de mes a las 9", "the first monday of the month at 9:00"},
	{"mensualmente el primer y el tercer lunes a las 9", "the first and third monday of the month at 9:00"},
	{"el último jueves a las 16:00", "the last thursday of the month at 16:00"},
	{"a diario a las 7:00 salvo festivos", "daily at 7:00 except holidays"},
	{"todos los días a las 7 de la mañana excepto los festivos", "daily at 7:00 except holidays"},
	{"cada día a las 7, si no es festivo", "daily at 7:00 except holidays"},
	{"el 3 de diciembre de 2026 a las 19:00", "on 2026-12-03 at 19:00"},
	{"el jueves 3 de diciembre de 2026 a las 19 horas", "on 2026-12-03 at 19:00"},
	{"el 15 de cada mes a la 1", "the 15th of the month at 1:00"},
	{"los días 1 y 15 de cada mes a las 12:00", "the 1st and 15th of the month at 12:00"},
	{"cada mes el día 15 a las 12", "the 15th of the month at 12:00"},
	{"el último día del mes a las 17:00", "the last day of the month at 17:00"},
	{"cada año el 3 de diciembre a las 19:00", "every year on the 3rd of december at 19:00"},
	{"cada lunes a las 9 o el siguiente día laborable si es festivo", "every monday at 9:00 or the next working day if it is a holiday"},
	{"cada lunes a las 9, o el día hábil siguiente si cae en feriado", "every monday at 9:00 or the next working day if it is a holiday"},
	{"el mar a las 20:00", "every tuesday at 20:00"},
	{"mar 20:00", "every tuesday at 20:00"},
	{"mié\u0301rcoles a las 9", "every wednesday at 9:00"},
	{"mie\u0301rcoles a las 9", "every wednesday at 9:00"},

	// Cron.
	{"0 7 * * 1-5", "0 7 * * 1-5"},
	{" 0  7 * *  MON-FRI ", "0 7 * * mon-fri"},
	{"*/15 9-17 1,15 jan-jun ?", "*/15 9-17 1,15 jan-jun ?"},
	{"@daily", "@daily"},
	{"0 7 * * * except holidays", "0 7 * * * except holidays"},
	{"@weekly o el siguiente día laborable", "@weekly or the next working day if it is a holiday"},
}

func TestParse(t *testing.T) {
	for _, tc := range phrases {
		r, err := Parse(tc.phrase)
		if err != nil {
			t.Errorf("%q: %v", tc.phrase, err)
			continue
		}
		if got := r.String(); got != tc.want {
			t.Errorf("%q means %q, want %q", tc.phrase, got, tc.want)
		}
	}
}

// Every rule has one spelling in each language, which is read back to it.
func TestSpellingIsReadBack(t *testing.T) {
	for _, tc := range phrases {
		r, err := Parse(tc.phrase)
		if err != nil {
			continue
		}
		readBack(t, r)
	}
}

func readBack(t interface {
	Helper()
	Errorf(string, ...any)
}, r Rule) {
	t.Helper()
	for _, language := range []string{"en", "es"} {
		text := r.Text(language)
		again, err := Parse(text)
		if err != nil {
			t.Errorf("%q is not read back: %v", text, err)
		} else if again != r || again.Text(language) != text {
			t.Errorf("%q is read back as %q", text, again.Text(language))
		}
	}
	data, err := json.Marshal(r)
	if err != nil {
		t.Errorf("%q: %v", r, err)
	}
	var again Rule
	if err := json.Unmarshal(data, &again); err != nil || again != r {
		t.Errorf("%s comes back from JSON as %q, %v", data, again, err)
	}
}

// faults is what is no rule, why, and the nearest that is.
var faults = []struct {
	phrase  string
	problem Problem
	nearest string
}{
	// Words that are spelt otherwise, or that say nothing.
	{"evry tusday at 8pm", NotUnderstood, "every tuesday at 20:00"},
	{"evrey teusday at 8pm", NotUnderstood, "every tuesday at 20:00"},
	{"next Tuesdy", NotUnderstood, "every tuesday at 20:00"},
	{"please every tuesday at 8pm, thanks", NotUnderstood, "every tuesday at 20:00"},
	{"firts monday of teh month at 9", NotUnderstood, "the first monday of the month at 9:00"},
	{"the first weekday of the month at 9", NotUnderstood, "the first monday of the month at 9:00"},
	{"every tuesday at 8pm and every friday at 3pm", NotUnderstood, "every tuesday at 20:00"},
	{"biweekly on friday at 3pm", NotUnderstood, "every friday at 15:00"},
	{"daily at 7:00 exept hollidays", NotUnderstood, "daily at 7:00 except holidays"},
	{"every 3 days at 9", NotUnderstood, "every tuesday at 9:00"},
	{"every 90 minutes", NotUnderstood, "every tuesday at 20:00"},
	{"every 53 weeks on friday at 15:00", NotUnderstood, "every friday at 15:00"},
	{"jeden Dienstag um 20 Uhr", NotUnderstood, "every tuesday at 20:00"},
	{"", NotUnderstood, "every tuesday at 20:00"},
	{"cada mrtes a las 8", NotUnderstood, "cada martes a las 8:00"},
	{"próximo marts", NotUnderstood, "cada martes a las 20:00"},
	{"el primer lúnes del mez a las 9", NotUnderstood, "el primer lunes del mes a las 9:00"},
	{"de lunes a biernes a las 7:30", NotUnderstood, "de lunes a viernes a las 7:30"},
	{"a diario a las 7:00 salvo feztivos", NotUnderstood, "a diario a las 7:00 salvo festivos"},

	// Something is missing.
	{"every tuesday", NoTime, "every tuesday at 9:00"},
	{"mon, wed and fri", NoTime, "every monday, wednesday and friday at 9:00"},
	{"at 8pm", NoDay, "daily at 20:00"},
	{"every 2 weeks at 15:00", NoDay, "every 2 weeks on monday at 15:00"},
	{"cada dos semanas", NoDay, "cada 2 semanas los lunes a las 9:00"},
	{"monthly at 9", NoDay, "the 1st of the month at 9:00"},

	// There is no such thing.
	{"daily at 25:00", NoSuchTime, "daily at 23:00"},
	{"daily at 20:60", NoSuchTime, "daily at 20:59"},
	{"daily at 13pm", NoSuchTime, "daily at 13:00"},
	{"on 2026-02-30 at 19:00", NoSuchDate, "on 2026-02-28 at 19:00"},
	{"thursday 4 december 2026 at 19:00", NoSuchDate, "on 2026-12-04 at 19:00"},
	{"every year on the 31st of april at 9", NoSuchDate, "every year on the last day of april at 9:00"},
	{"el 31 de junio de 2026 a las 9", NoSuchDate, "el 30 de junio de 2026 a las 9:00"},

	// It means two things.
	{"every third friday at 15:00", Ambiguous, "the third friday of the month at 15:00"},
	{"on december 3 at 19:00", Ambiguous, "every year on the 3rd of december at 19:00"},
	{"el 3 de diciembre a las 19:00", Ambiguous, "cada año el día 3 de diciembre a las 19:00"},
	{"3/12/2026 19:00", Ambiguous, "on 2026-12-03 at 19:00"},

	// What goes together does not.
	{"daily on the first monday at 9", NotUnderstood, "the first monday of the month at 9:00"},
	{"daily at 7:00 from 2026-09-01", NotUnderstood, "daily at 7:00"},
	{"every 2 weeks every 3 weeks on friday at 9", NotUnderstood, "every 3 weeks on friday at 9:00"},
	{"friday the 13th at 9", NotUnderstood, "the 13th of the month at 9:00"},
	{"weekdays at 7:30 except weekdays", NotUnderstood, "weekdays at 7:30"},

	// Cron.
	{"TZ=UTC", ZoneInCron, "0 9 * * 1-5"},
	{"TZ=Europe/Madrid 0 9 * * *", ZoneInCron, "0 9 * * *"},
	{"cron_tz=Nowhere 0 9 * * *", ZoneInCron, "0 9 * * *"},
	{"0 25 * * *", CronField, "0 9 * * *"},
	{"60 9 * * *", CronField, "0 9 * * *"},
	{"0 9 * * 7", CronField, "0 9 * * 0"},
	{"0 9 , * *", CronField, "0 9 * * *"},
	{"0 9 1/0 * *", CronField, "0 9 * * *"},
	{"0 9 * * fri-mon", CronField, "0 9 * * *"},
	{"0 9 31 2 *", NoSuchDate, "0 9 29 2 *"},
	{"0 9 31 4,6 ?", NoSuchDate, "0 9 30 4,6 ?"},
	{"0 9 * *", CronFields, "0 9 * * *"},
	{"* *", CronFields, "* * * * *"},
	{"0 0 9 * * *", CronFields, "0 0 9 * *"},
	{"@every 2h", CronDescriptor, "@hourly"},
	{"@fortnightly", CronDescriptor, "@daily"},
	{"0 9 * * * in Madrid", NotUnderstood, "0 9 * * *"},
}

func TestWhatIsNoRule(t *testing.T) {
	for _, tc := range faults {
		_, err := Parse(tc.phrase)
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%q is understood", tc.phrase)
			continue
		}
		if e.Problem != tc.problem || e.Nearest != tc.nearest {
			t.Errorf("%q: %s, nearest %q; want %s, %q", tc.phrase, e.Problem, e.Nearest, tc.problem, tc.nearest)
		}
		for _, text := range append([]string{e.Nearest}, e.Examples...) {
			if _, err := Parse(text); err != nil {
				t.Errorf("%q: %q is offered, but: %v", tc.phrase, text, err)
			}
		}
	}
}

func TestFaultOfACronFieldNamesIt(t *testing.T) {
	_, err := Parse("0 9 32 * *")
	var e *Error
	if !errors.As(err, &e) || e.Field != 3 || e.First != 1 || e.Last != 31 {
		t.Errorf("got %+v", e)
	}
}

// What somebody typed must not come back in an error, which may be logged.
func TestFaultsDoNotQuote(t *testing.T) {
	for _, phrase := range []string{"every tuesday at s3cret", "0 9 * * s3cret", "TZ=s3cret 0 9 * * *", "@s3cret", "0 9 * * * s3cret"} {
		if _, err := Parse(phrase); err == nil || strings.Contains(err.Error(), "cret") {
			t.Errorf("%q: %v", phrase, err)
		}
	}
}

func TestTooLong(t *testing.T) {
	_, err := Parse("every tuesday at 8pm" + strings.Repeat(" ", maxText))
	var e *Error
	if !errors.As(err, &e) || e.Problem != TooLong || e.Nearest == "" {
		t.Errorf("got %v", err)
	}
}

func TestExamplesAreTheirOwnSpelling(t *testing.T) {
	for _, language := range []string{"en", "es", "es-MX"} {
		for _, text := range examples(tongueOf(language)) {
			r, err := Parse(text)
			if err != nil || r.Text(language) != text {
				t.Errorf("%q is spelt %q, %v", text, r.Text(language), err)
			}
		}
	}
}

func TestZeroRule(t *testing.T) {
	var r Rule
	if _, ok := r.Next(time.Time{}, Place{}); ok || !r.IsZero() || r.String() != "" {
		t.Errorf("the zero Rule is %q", r)
	}
	kept, err := Parse("daily at 7:00")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(`""`), &kept); err != nil || !kept.IsZero() {
		t.Errorf("got %q, %v", kept, err)
	}
	if err := json.Unmarshal([]byte(`"now and then"`), &kept); err == nil {
		t.Error("what is no rule was read")
	}
}

func TestAnchored(t *testing.T) {
	madrid := zone(t, "Europe/Madrid")
	friday := time.Date(2026, 9, 4, 15, 0, 0, 0, madrid)
	for _, tc := range []struct {
		phrase string
		after  time.Time
		want   string
	}{
		{"every 2 weeks on friday at 15:00", friday.Add(-1), "every 2 weeks on friday at 15:00 from 2026-09-04"},
		{"every 2 weeks on friday at 15:00", friday, "every 2 weeks on friday at 15:00 from 2026-09-11"},
		{"every 2 weeks on saturday at 15:00", friday, "every 2 weeks on saturday at 15:00 from 2026-09-05"},
		{"every 2 weeks on friday at 15:00 from 2026-01-02", friday, "every 2 weeks on friday at 15:00 from 2026-01-02"},
		{"every friday at 15:00", friday, "every friday at 15:00"},
	} {
		if got := mustParse(t, tc.phrase).Anchored(tc.after, madrid).String(); got != tc.want {
			t.Errorf("%q becomes %q, want %q", tc.phrase, got, tc.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, tc := range phrases {
		f.Add(tc.phrase)
	}
	for _, tc := range faults {
		f.Add(tc.phrase)
	}
	f.Fuzz(func(t *testing.T, phrase string) {
		r, err := Parse(phrase)
		var e *Error
		switch {
		case err == nil:
			readBack(t, r)
			after := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
			if o, ok := r.Next(after, Place{}); ok && !o.At.After(after) {
				t.Errorf("%q: %s is not after %s", r, o.At, after)
			}
		case !errors.As(err, &e) || e.Problem == "" || len(e.Examples) == 0:
			t.Errorf("%q: %v", phrase, err)
		default:
			if _, err := Parse(e.Nearest); err != nil {
				t.Errorf("%q: the nearest, %q, is no rule: %v", phrase, e.Nearest, err)
			}
		}
	})
}

func FuzzCron(f *testing.F) {
	for _, expression := range []string{"0 7 * * 1-5", "*/15 9-17 1,15 jan-jun ?", "TZ=UTC", "CRON_TZ= 1", "@every 1h", "0 0 31 2 *", "1/9223372036854775807 * * * *", "0 0 29 2 0"} {
		f.Add(expression)
	}
	f.Fuzz(func(t *testing.T, expression string) {
		if spec, err := parseSpec(expression); err == nil && spec == nil {
			t.Error("neither a schedule nor an error")
		}
		fields, _, ok := splitCron(expression)
		if !ok || len(expression) > maxText {
			return
		}
		if days, at, err := parseCron(fields); err == nil {
			readBack(t, Rule{dates: days, times: at})
		}
	})
}
