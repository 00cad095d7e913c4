package bot

// Form asks a person for several things at once. Discord allows five fields.
type Form struct {
	Title  string // plain, short: Slack shows 24 characters, Discord 45
	Path   string // the route that takes the answers
	Submit string // label of the button that sends it
	Fields []Field
}

// MaxFields is how many fields a form may have.
// https://discord.com/developers/docs/components/reference#text-input
const MaxFields = 5

// Field is one input of a form.
type Field struct {
	Name     string // key of the value in Request.Values
	Label    string
	Hint     string // shown in the empty input
	Value    string // what stands in it at first
	Long     bool   // several lines
	Optional bool
	Max      int      // most characters taken; 0: the platform's own limit
	Choices  []Choice // pick one of these instead of typing
	// Many lets any number of the Choices be ticked, of which there are at most
	// MaxTicks, with values without blanks. Value, and what the form gives, are those
	// of the ticked ones, one a line: see Request.Ticked.
	Many bool
}

// MaxTicks is how many choices a field may have of which any number is ticked.
// https://docs.slack.dev/reference/block-kit/block-elements/checkboxes-element
// https://docs.discord.com/developers/components/reference#checkbox-group
const MaxTicks = 10

// Choice is one of several values to pick from.
type Choice struct {
	Label string `json:"label"`
	Value string `json:"value"`
}
