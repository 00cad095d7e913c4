package checkin

import (
	"strconv"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/checkin/picture"
)

// drawing is a picture in the making, with what it says to those who do not see it.
type drawing struct {
	panels []picture.Panel
	alts   []string
}

// altTitle is as much of a question as there is room for beside the figures of
// picture.Most panels, in 1,024 characters:
// https://discord.com/developers/docs/resources/message#attachment-object
func altTitle(q *Question) string { return bot.Shorten(oneLine(q.Text), 100) }

// add puts a panel into the picture if there is room. What has none is in the text
// alone, where every figure is.
func (d *drawing) add(p picture.Panel, alt string) {
	if len(d.panels) < picture.Most {
		d.panels, d.alts = append(d.panels, p), append(d.alts, alt)
	}
}

// image is nil where there is nothing to draw. So it is if drawing fails: the words
// do without.
func (d *drawing) image() *bot.Image {
	if len(d.panels) == 0 {
		return nil
	}
	drawn, err := picture.Draw(d.panels)
	if err != nil {
		return nil
	}
	return &bot.Image{PNG: drawn, Alt: strings.Join(d.alts, " ")}
}

// summaryPicture shows the scales of an occurrence; of fewer than fewest people
// nothing.
func (s *Service) summaryPicture(lang string, a *Asked, sum *summary) *bot.Image {
	if sum.people < fewest {
		return nil
	}
	var d drawing
	for i := range a.Questions {
		s.drawScale(&d, lang, a, sum, i)
	}
	return d.image()
}

// resultsPicture shows the scales of the latest occurrence, unless that is sealed,
// and how each has gone.
func (s *Service) resultsPicture(lang string, past []result) *bot.Image {
	d := s.resultsDrawing(lang, past)
	return d.image()
}

func (s *Service) resultsDrawing(lang string, past []result) drawing {
	latest := &past[0]
	var d drawing
	for i := range latest.Questions {
		if !latest.sealed && latest.people >= fewest {
			s.drawScale(&d, lang, &latest.Asked, &latest.summary, i)
		}
		if points := course(past, i); len(points) > 0 {
			p := s.panel(lang, &latest.Asked, i)
			p.Kind, p.Least, p.Most = picture.Line, leastScale, mostScale
			p.Note = s.label(lang, "checkin.picture.trend")
			for _, at := range points {
				p.Marks = append(p.Marks, picture.Mark{Label: bot.ShortDay(lang, at.day), Shown: decimal(lang, at.mean), Value: float64(at.mean) / 10})
			}
			d.add(p, s.label(lang, "checkin.picture.course", bot.Str("question", altTitle(&latest.Questions[i])), bot.Num("least", leastScale), bot.Num("most", mostScale),
				bot.Str("points", told(lang, points, bot.ShortDay))))
		}
	}
	return d
}

// drawScale draws how often each answer to a scale was given.
func (s *Service) drawScale(d *drawing, lang string, a *Asked, sum *summary, question int) {
	q, f := &a.Questions[question], sum.figures[question]
	if q.Kind != Scale || f.n == 0 {
		return
	}
	p := s.panel(lang, a, question)
	p.Note = s.label(lang, "checkin.picture.mean", bot.Str("mean", decimal(lang, f.mean())), bot.Num("most", mostScale))
	for i, value := range q.values() {
		p.Marks = append(p.Marks, picture.Mark{Label: value, Shown: strconv.Itoa(f.counts[i]), Value: float64(f.counts[i])})
	}
	d.add(p, s.label(lang, "checkin.picture.scale", bot.Str("question", altTitle(q)), bot.Num("least", leastScale), bot.Num("most", mostScale),
		bot.Str("counts", s.counts(lang, q, f)), bot.Str("mean", decimal(lang, f.mean())), bot.Count("answers", f.n)))
}

// panel is a question without its figures.
func (s *Service) panel(lang string, a *Asked, question int) picture.Panel {
	return picture.Panel{
		Title:   oneLine(a.Questions[question].Text),
		Instead: s.label(lang, "checkin.picture.question", bot.Num("n", question+1)),
	}
}

// point is the mean of a scale at an occurrence.
type point struct {
	day  time.Time
	mean int // tenths
}

// course is how a scale has gone, the oldest first, of those occurrences that had
// answers of fewest people or more; nil if there are not two of them.
func course(past []result, question int) []point {
	asked := past[0].Questions[question]
	if asked.Kind != Scale {
		return nil
	}
	var points []point
	for i := len(past) - 1; i >= 0; i-- {
		r := &past[i]
		same := question < len(r.Questions) && r.Questions[question].Kind == Scale && r.Questions[question].Text == asked.Text
		if same && !r.sealed && r.people >= fewest && r.figures[question].n > 0 {
			points = append(points, point{r.day(r.zone), r.figures[question].mean()})
		}
	}
	if len(points) < 2 {
		return nil
	}
	return points
}
