package labels

import (
	"strings"

	"segue"
	"segue/internal/titles"
)

// words are the names of moods by quadrant, as people write them in English, French,
// German, Italian, Portuguese, Spanish and Vietnamese, and as sets of labels number
// quadrants (Russell 1980, doi:10.1037/h0077714, counted from pleasant and energetic
// against the clock). A word is here only if it names one quadrant; "energetic",
// "romantic" and "dark" do not. (d)
func words() [segue.NumMoods]string {
	return [segue.NumMoods]string{
		segue.Happy: `q1; happy; happiness; joy; joyful; joyous; cheerful; excited; exciting; excitement; exuberant; elated; euphoric;
		delighted; glad; fun; amused; amusing; amusement; upbeat; merry; playful; festive; celebratory; party; uplifting; carefree;
		heureux; heureuse; joyeux; joyeuse; joie; gai; gaie; frohlich; glucklich; freude; heiter; felice; allegro; allegria; gioia; gioioso;
		feliz; alegre; alegria; felicidad; felicidade; contento; vui; vui ve; hanh phuc; phan khoi; soi dong`,
		segue.Angry: `q2; angry; anger; aggressive; aggression; tense; tension; anxious; anxiety; fear; fearful; scared; scary; afraid; furious; rage;
		annoyed; annoying; nervous; stressed; hostile; violent; frustrated; frustration; agitated;
		en colere; colere; furieux; agressif; agressive; tendu; anxieux; peur; wutend; wut; zornig; argerlich; aggressiv; angespannt; angst;
		arrabbiato; rabbia; aggressivo; teso; paura; raiva; enojado; enojo; enfadado; ira; rabia; agresivo; agressivo; tenso; miedo; medo;
		gian; gian du; tuc gian; cang thang; lo au; lo lang; so hai`,
		segue.Sad: `q3; sad; sadness; sorrow; sorrowful; melancholy; melancholic; gloomy; lonely; loneliness; miserable; grief; mournful; heartbroken;
		bored; boredom; tired; dull; blue; bittersweet; hopeless; despair; weary;
		triste; tristesse; melancolie; melancolique; traurig; traurigkeit; melancholisch; einsam; mude; tristezza; malinconico; malinconia;
		tristeza; melancolia; melancolico; soledad; buon; buon ba; u sau; co don; sau muon`,
		segue.Calm: `q4; calm; calmness; calming; relaxed; relaxing; relaxation; relax; peaceful; peace; serene; serenity; tranquil; tranquility; soothing; chill;
		chilled; chillout; mellow; content; contentment; contented; tender; tenderness; gentle; soft; quiet; sleepy; at ease; satisfied;
		calme; detendu; paisible; serein; apaise; ruhig; ruhe; entspannt; friedlich; gelassen; calmo; calma; rilassato; rilassante; sereno; pacifico;
		tranquilo; tranquila; relajado; relajada; relaxado; paz; binh yen; thu gian; em diu; nhe nhang; thanh thoi; yen binh`,
	}
}

// byWord finds a folded word's mood.
type byWord map[string]segue.Mood

func newByWord() byWord {
	out := byWord{}
	for m, list := range words() {
		for w := range strings.SplitSeq(list, ";") {
			out[titles.Fold(strings.TrimSpace(w))] = segue.Mood(m)
		}
	}
	return out
}

// MoodOf returns the mood that a word of the table names, whatever its case and
// accents, and false if it is not in the table.
func MoodOf(word string) (segue.Mood, bool) {
	m, ok := newByWord()[titles.Fold(word)]
	return m, ok
}
