package discussion

import (
	"strconv"

	"github.com/staffroom-bot/staffroom/bot"
)

// panelControls are the buttons by which a host runs the discussion.
func (s *Service) panelControls(lang string, d *Discussion) []bot.Control {
	control := func(key bot.Key, path string, style bot.ControlStyle) bot.Control {
		return bot.Control{Label: s.label(lang, key), Path: path + d.ID, Style: style}
	}
	switch d.State {
	case Scheduled:
		threads := control("host.button.threads", "/host/threads/", bot.Ordinary)
		threads.Path += "/on"
		if d.Script.Threads {
			threads = control("host.button.threads.off", "/host/threads/", bot.Ordinary)
			threads.Path += "/off"
		}
		out := []bot.Control{
			control("host.button.start", "/host/start/", bot.Primary),
			control("host.button.edit", "/host/rewrite/", bot.Ordinary),
			control("host.button.move", "/host/move/", bot.Ordinary),
			control("host.button.preview", "/host/preview/", bot.Ordinary),
		}
		if len(d.Hosts) == 0 {
			out = append(out, s.takeOverControl(lang, d))
		}
		if d.Announced.IsZero() {
			out = append(out, control("host.button.announce", "/host/announce/", bot.Ordinary))
		}
		return append(out,
			threads,
			control("host.button.more", "/host/more/", bot.Ordinary),
			control("host.button.cancel", "/host/call-off/", bot.Danger))
	case Open, Asking:
		out := s.goOnControls(lang, d)
		if st, ok := d.following(); ok && d.Paused.IsZero() {
			if d.Script.Pace == PaceClock {
				later := control("host.button.later", "/host/later/", bot.Ordinary)
				later.Path += "/" + stamp(st.at)
				out = append(out, later)
			}
			pause := control("host.button.pause", "/host/pause/", bot.Ordinary)
			pause.Path += "/on"
			out = append(out, pause)
		}
		if n := d.upcoming(); n > 0 {
			skip := control("host.button.skip", "/host/skip/", bot.Ordinary)
			skip.Path += "/" + strconv.Itoa(n)
			out = append(out, skip)
		}
		out = append(out, control("host.button.ask", "/host/extra/", bot.Ordinary))
		if d.Asked > 0 {
			out = append(out, control("host.button.reword", "/host/rewords/", bot.Ordinary))
		}
		return append(out,
			control("host.button.more", "/host/more/", bot.Ordinary),
			control("host.button.refresh", "/host/watch/", bot.Ordinary),
			control("host.button.end", "/host/end/", bot.Danger))
	case Cancelled:
		return nil
	default:
		return []bot.Control{
			control("chat.button.read", "/chat/read/", bot.Ordinary),
			control("host.button.recap", "/host/look-back/", bot.Ordinary),
		}
	}
}

// goOnControls are those by which a discussion goes on.
func (s *Service) goOnControls(lang string, d *Discussion) []bot.Control {
	var out []bot.Control
	if !d.Paused.IsZero() {
		out = append(out, bot.Control{Label: s.label(lang, "host.button.resume"), Path: "/host/pause/" + d.ID + "/off", Style: bot.Primary, Of: d.heading()})
	}
	if d.upcoming() > 0 {
		out = append(out, bot.Control{
			Label: s.label(lang, "host.button.next"), Path: "/host/next/" + d.ID + "/" + strconv.Itoa(d.Asked), Style: bot.Primary, Of: d.heading(),
		})
	}
	return out
}
