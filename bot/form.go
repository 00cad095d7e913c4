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
}

// Choice is one of several values to pick from.
type Choice struct {
	Label string `json:"label"`
	Value string `json:"value"`
}
