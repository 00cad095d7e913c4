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
	a again all and answer answering answers as back catching everyone finally final first folks for friends going
	good evening hello here here's here’s hey hi i i'm i’m in is jumping last late late, late-ish lurking my next now
	okay ok on oops quick re regarding responding response running second so sorry starting super the this to up with
	y yo aquí aqui ahora al buenas bueno con contesto de el empiezo es esta hola la llego mi noches para perdón perdon
	pregunta primera respondiendo respondo respuesta segunda sobre tarde todas todos última ultima va voy`)

func leadWord(w string) bool { return leadWords[w] }

// pointerWords before a label make it something that is spoken about.
var pointerWords = wordSet(`
	about above after and as at before below by did every for from had has have her his in into its like my near of on
	or our over paper per read reread room saw see seen size some than that the their these this those to under use
	using via was were with your
	al antes como con de del desde después despues el en entre es esa ese esta este hasta la las lo los mi mis nuestra
	o papel para por según segun ser sin sobre su sus tamaño tras tu un una ver vi y`)

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
		question questions quote reminder resource share stuff that the these thinking this thought thoughts tip to
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
	anyone are can could did do does has have how is should was what what's what’s when where which who whose why will would
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
