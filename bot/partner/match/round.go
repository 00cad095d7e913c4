package match

// A Round is everything that decides who meets whom this time. It is not changed by Pair.
type Round struct {
	// Number of the round. Rounds count up by one over the whole life of a program, so that the History's numbers can be
	// compared with it.
	Number int
	// People who are present, by their ID.
	People map[string]Person
	// Absent are those who take part in the season and are missing only now. They keep their seats in the Backbone.
	Absent []string
	// Apart are pairs of IDs that are never put into one group: who blocked whom, who evaluates whom. The order within a
	// pair means nothing.
	Apart [][2]string
	Hours Limits
	Style Style
	// History may be nil: nobody has met.
	History *History
	// Season is how many rounds the season has, beginning with the one for which the Backbone was made. With zero
	// nothing is planned ahead.
	Season int
	// Backbone as the round before left it (Outcome.Backbone). The zero value begins a season.
	Backbone Backbone
	// Seed decides between what is equally good. The same round with the same seed has the same outcome.
	Seed uint64
}

// A Person is what the engine knows of somebody who is present.
type Person struct {
	// Free are the hours at which this person can meet. None at all means that nothing was said, and nothing is asked.
	Free Hours
	// Traits are what others may have in common with this person or not.
	Traits []Trait
}

// Limits say how many free hours of the week the members of a group share.
type Limits struct {
	// Enough hours are what every group gets if that is possible for all.
	Enough int
	// Least is how far this gives way, so that nobody is left alone: with fewer hours in common a group is never made.
	// Not more than Enough. With zero, nobody is alone for lack of hours, so who is alone may guess at a block.
	Least int
}

// An Outcome is who meets whom. Everybody present is in exactly one group, or in Alone.
type Outcome struct {
	Groups []Group
	// Alone are those for whom there is no group within the limits, sorted. Why is not said, to nobody: that somebody
	// has blocked them, evaluates them, has no hour in common with those who were left, or that nobody else was there.
	Alone    []string
	Figures  Figures
	Backbone Backbone
}

// A Group is two people, or a circle of three.
type Group struct {
	// Members by their ID, sorted.
	Members []string
	// Traits that all members have, sorted: what they may be told. It follows from the members' own traits and hours,
	// and from nothing else.
	Traits []Trait
	// Unlike are the facets by which all members differ, if the round's style wishes it, sorted.
	Unlike []Facet
	// Hours that are free for all members who said which are.
	Hours Hours
}

// Figures count what could not be had, over all groups. Nothing in them is about a single person.
type Figures struct {
	// Trios are circles of three. An odd number of people needs one; more are made only where the limits force it.
	Trios int
	// Repeats are pairs of people who have met before; a trio is three pairs.
	Repeats int
	// Short are groups that share fewer hours than enough, and Missing how many hours they lack, for each of their members.
	Short, Missing int
	// Wishes are the points of the style that were reached, and Possible those if every wish of everybody came true. A
	// trio counts as one and a half pairs.
	Wishes, Possible float64
}
