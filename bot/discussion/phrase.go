package discussion

import "strings"

// The words by which recognition tells apart what people say in such chats, in
// English and Spanish, whatever the subject. All lower case.

// wordSet makes a set of the words of a list.
func wordSet(list string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(list) {
		set[w] = true
	}
	return set
}

func phraseSet(phrases ...string) map[string]bool {
	set := map[string]bool{}
	for _, p := range phrases {
		set[p] = true
	}
	return set
}

// leadWords may stand before a label without being part of the answer.
var leadWords = wordSet(`
	a add addendum adding again all and another answer answering answers as back catching correction edit evening
	everyone final finally first folks for forgot friends going good hello here here's here’s hey hi i i'm in is i’m
	jumping last late late-ish lurking missed more my next now ok okay on one oops ps quick re regarding responding
	response running second so sorry starting super the this thought thoughts to up update with
	agrego ahora al aqui aquí buenas bueno con contesto corrección de el empiezo es esta hola la llego mi más noches
	otra otro para perdon perdón pregunta primera respondiendo respondo respuesta segunda sobre tarde todas todos ultima
	va voy y yo última`)

func leadWord(w string) bool { return leadWords[w] }

// pointerWords before a label make it something that is spoken about.
var pointerWords = wordSet(`
	about above after and as at before below by did every for from had has have her his in into its like my near of on
	or our over paper per put read reread room saw say see seen size some than that the their these this those to type
	typing under use using via was were with write writing your
	al antes como con de del desde despues después el en entre es esa escriba escriban escribe escribir ese esta este
	hasta la las lo los mi mis nuestra o papel para por segun según ser sin sobre su sus tamaño tras tu un una usa usar
	usen ver vi y`)

func pointerWord(w string) bool { return pointerWords[w] }

// toQuestion tells the words that turn to a question: "answering Q2", "for Q2".
func toQuestion(w string) bool {
	switch w {
	case "answer", "answering", "for", "la", "on", "para", "re", "regarding", "respondiendo", "respondo", "respuesta", "sobre", "to":
		return true
	}
	return false
}

// paperWord tells the nouns that make A4 a paper size and A2 a language level.
func paperWord(w string) bool {
	switch w {
	case "envelope", "envelopes", "folio", "folios", "hoja", "hojas", "landscape", "level", "levels", "nivel", "niveles",
		"page", "pages", "papel", "paper", "papers", "poster", "posters", "portrait", "sheet", "sheets", "size", "sized":
		return true
	}
	return false
}

// cheerWords begin a message that takes up what somebody said.
var cheerWords = wordSet(`
	aha amen aww awesome bookmarking bookmarked bravo brilliant congrats congratulations cool fabulous fantastic
	goodnight ha haha hahaha hehe hello hey hi hola jaja jajaja lol mmm nice oh omg ooh ouch oops preach sorry
	sweet thank thanks thx ty welcome whoa woohoo wow yay yikes yum
	ah aplausos ay bienvenida bienvenidas bienvenido bienvenidos buenísimo enhorabuena felicidades felicitaciones genial
	gracias guardado increíble perdón perfecto precioso uy vaya`)

// assentWords agree, but may also begin an answer.
var assentWords = wordSet(`
	absolutely agree agreed amén ditto exactly indeed likewise right same seriously totally true truth
	acuerdo cierto claro exactamente exacto igual igualmente totalmente verdad`)

// praiseWords before praisedWords, or alone, praise.
var (
	praiseWords  = wordSet(`amazing excellent good great love loved loving wonderful buen buena gran excelente qué que me`)
	praisedWords = wordSet(`
		answer chart chat conversation discussion example graphic hearing how idea ideas it one pic point points post
		q question questions quote reminder resource share stuff that the these thinking this thought thoughts tip to
		work your
		aporte buen buena bueno chat ejemplo encanta encantó fascina gusta idea imagen lindo pregunta punto reflexión
		recurso respuesta`)
	cheerPairs = phraseSet(
		"i agree", "i love", "so true", "so good", "so much", "me too", "me either", "well said", "well put", "this is", "that is",
		"that's great", "that’s great", "that's awesome", "que bueno", "de acuerdo", "yo también", "yo tambien", "así es",
		"tal cual", "muy bueno", "muy buena", "muy bien", "muy cierto", "estoy de", "me encanta", "me gusta")
)

// questionWords begin a question in which somebody wants to know something.
var questionWords = wordSet(`
	anyone are can could did do does has have how is may should was what what's what’s when where which who whose why will would
	alguien cómo como cuál cuales cuáles cuándo dónde por puede pueden puedo qué quién`)

// aboutWords after a bare Q2 speak about the question.
var aboutWords = wordSet(`
	again already also and anyone asked asks because coming comes deserves drops from gets got had has hits i'm i’m in is
	isn't isn’t just later made makes next now on please posted posting ready really reminded soon still time up was will
	with y
	es está fue llega llegó pronto sale va viene ya`)

// soonWords make a short text about a question a notice.
var soonWords = wordSet(`
	coming deck minute minutes min mins moment next now pinned posted ready seconds sec secs shortly soon up
	ahora breve fijada instante lista minuto minutos momento pronto próxima publicada seguida segundos siguiente viene`)

// yesWords begin a message that answers somebody.
var yesWords = wordSet(`
	aye definitely nah no nope ok okay sure yeah yep yes yup
	así claro dale ok sí si tampoco también tambien vale`)

// backWords begin a message that speaks of what somebody else said, or to them.
var backWords = wordSet(`
	he her his it's it’s its she that that's that’s their them these they they're they’re this those which who you
	you're you’re your
	ella ellas ello ellos esa esas ese eso esos esta este esto lo su tu tú usted ustedes`)

// joinWords begin a message that goes on with what was said before.
var joinWords = wordSet(`
	also and another but or plus so too
	además ademas entonces o pero pues y`)

// youWords speak to somebody.
var youWords = wordSet(`you you're you’re your yours tu tú usted ustedes tus`)

// chatWords speak of the chat itself: coming and going, what is announced.
var chatWords = wordSet(`
	afk archive brb bye chat goodbye hashtag lurking moderated moderator newsletter promo register registration reminder
	reminders signup subscribe tonight tonight's tonight’s typo typos webinar wifi
	adiós archivo chau inscripción inscríbanse inscríbete moderador moderadora`)

// greetWords make a short message a greeting, wherever they stand in it.
var greetWords = wordSet(`
	goodnight haha hello hey hi lol thank thanks thx welcome
	bienvenida bienvenido bienvenidos gracias hola jaja jajaja saludos`)

// emptyWords carry no meaning that a question and its answers could share.
var emptyWords = wordSet(`
	about after all also and another any anything are been before being best but can could did does doing done each ever
	every feel find for from get give given has have her here him his how into its just know let like made make many may
	might more most much must need needs never not now off one only other others our out over please really same say see
	share should some someone something still such sure take than that the their them then there these they thing things
	think this those through too under use used using very want was way ways well were what when where which while who
	whom whose why will with without would you your yours
	algo algún alguna ante bien cada casi como cómo con cual cuál cuales cuáles cuando cuándo cuenta cuyo dar das desde
	donde dónde dos durante ella ellos entre era eran eres eso esta está estas este esto estos fue gran hace hacen hacer
	haces hasta hay las los más mejor menos mis mucho muchos muy nada nos nosotros nunca otra otras otro otros para pero
	poco por porque puede pueden que qué quien quién quienes según ser sin sobre son soy sus también tan tanto tenemos
	tener tiene tienen toda todas todo todos tus una unas uno unos usted ustedes vas van vez`)

// proposalWord after a question word makes a proposal: "What about", "Why not".
func proposalWord(w string) bool {
	switch w {
	case "about", "if", "not", "tal", "si", "no":
		return true
	}
	return false
}
