package demo

import (
	"math/rand/v2"
	"strings"
	"unicode"
	"unicode/utf8"
)

// words returns a space-separated list as a slice.
func words(s string) []string { return strings.Fields(s) }

// pick returns one of a list.
func pick(rng *rand.Rand, list []string) string { return list[rng.IntN(len(list))] }

// namer makes up names and titles. No name is given twice.
type namer struct {
	rng   *rand.Rand
	taken map[string]bool

	onset, between, vowel, coda    []string
	adjectives, nouns, things      []string
	verbs, places, times, surnames []string
	scripts                        map[script]writing
}

// writing is the material of one script: syllables for names, words and a way
// of joining them for titles.
type writing struct {
	syllables []string // parts of a name
	parts     [2]int   // fewest and most syllables of a name
	space     string   // between a name's two halves, "" for one piece
	nouns     []string
	patterns  []string // "%" stands for a noun
}

func newNamer(rng *rand.Rand) *namer {
	return &namer{
		rng: rng, taken: map[string]bool{},
		onset:      words("b br c d dr f fl g gl h j k l m n p pr r s st t tr v w z th sh kl"),
		between:    words("b d f g k l m n p r s t v z l r n m nd rn lv sk st"),
		vowel:      words("a e i o u a e i o a e ei ia ou"),
		coda:       words("l n r s m t k nd rn ld x sk ve th ra la no"),
		adjectives: words("Amber Quiet Paper Silver Slow Hollow Golden Pale Crooked Wild Velvet Winter Copper Distant Gentle Electric Wooden Marble Midnight Lonely Bright Broken Tidal Northern Crimson Salt Faded Restless Little Plastic Burning Weightless Tender Second Lucid Feral Blue Scarlet Idle Woven Glass"),
		nouns:      words("Orchard Harbour Lantern Meridian Ferry Canal Station Pavilion Antenna Cathedral Balcony Reservoir Staircase Carousel Observatory Telephone Window Garden Engine Ocean River Mountain Signal Satellite Bridge Mirror Feather Compass Thunder Ember Shadow Summer Kitchen Corridor Island Meadow Avenue Ladder Quarry Weather"),
		things:     words("moths sparrows embers tides maps letters engines cranes wolves pines kites anchors lanterns foxes comets rivers ghosts echoes bridges swallows herons pebbles cinders orchids"),
		verbs:      words("Leaving Counting Folding Chasing Holding Waiting Losing Painting Crossing Finding Carrying Burning Drawing Dreaming Trading Mending Climbing Calling Borrowing Following"),
		places:     words("Halden Morrow Estrel Vantry Corvale Lisk Ondine Pellam Brightwater Taviston Norrin Quill Sarrow Almere Veld Ostra Carrow Dunmore Elsin Fairlight"),
		times:      words("Midnight Sunday November Dawn Evening April Tonight Yesterday Morning August Dusk Saturday"),
		surnames:   words("Vessmark Oldenroe Tarrowe Quillane Hartsby Morvane Ellinder Brackwell Sorrelby Fennimore Dastrow Ilverson Kestrane Lorrimar Pavelin Ruskovar Thornquill Umberley Wexlade Yarrowby"),
		scripts:    writings(),
	}
}

// writings returns the material of the other scripts. The words are everyday
// nouns, chosen so that any two of them go together.
func writings() map[script]writing {
	return map[script]writing{
		vietnamese: {
			syllables: words("Lệ Vân Tú Thảo Hạ Kỳ Bạch Yên Nhã Trúc Sương Khuê Đăng Quế Mộc Lam Tịnh Uyên Vĩ Châu"),
			parts:     [2]int{2, 3}, space: " ",
			nouns:    words("mưa biển đêm gió phố nắng sông trăng mây lá đồi bến cầu thuyền sao hoa"),
			patterns: []string{"% và %", "Một ngày %", "% trong %", "Bên %", "% cuối %", "Gửi %"},
		},
		japanese: {
			syllables: words("ミ ソ ハ ネ ル ト カ ノ シ ラ ユ メ ア オ リ ナ ホ ツ キ ワ"),
			parts:     [2]int{3, 5},
			nouns:     words("夜 雨 星 海 花 影 風 街 窓 灯 雪 橋 月 夏 駅 坂"),
			patterns:  []string{"%の%", "%と%", "%へ", "あの%", "%まで", "%の中の%"},
		},
		korean: {
			syllables: words("소 라 노 을 하 솔 미 르 온 결 담 빛 새 봄 한 울 가 온 도 담"),
			parts:     [2]int{2, 3},
			nouns:     words("밤 비 별 바다 꽃 바람 창문 하늘 눈 길 달 강 여름 거리 섬"),
			patterns:  []string{"%의 %", "%과 나", "그 %", "% 속으로", "% 아래", "%에게"},
		},
		chinese: {
			syllables: words("沐 岚 砚 苇 汀 霁 棠 槿 澈 筠 藜 瑢 渚 菀 榆"),
			parts:     [2]int{2, 3},
			nouns:     words("雨 夜 海 山 月 风 花 雪 城 河 星 窗 灯 桥 夏天"),
			patterns:  []string{"%与%", "%的%", "那年%", "%之间", "在%里", "%以后"},
		},
		greek: {
			syllables: words("Λε Μα Νη Ρα Σο Τι Φα Κα Δω Θε Ζα Πε"),
			parts:     [2]int{3, 4},
			nouns:     words("νύχτα θάλασσα βροχή αυλή γέφυρα πόλη σελήνη άνοιξη βάρκα φωτιά"),
			patterns:  []string{"% και %", "Μια %", "Στη %", "Χωρίς %"},
		},
		cyrillic: {
			syllables: words("Ве Ро Ми Ла Со Ти Да Не Ку За Лю Па"),
			parts:     [2]int{3, 4},
			nouns:     words("снег море ветер мост город вечер поезд дождь лес берег сад"),
			patterns:  []string{"% и %", "Где-то %", "Мой %", "Ещё %", "Это %"},
		},
		arabic: {
			syllables: words("را نو سل ها مي دا لو تي جا زي فا ري"),
			parts:     [2]int{2, 4},
			nouns:     words("ليل بحر مطر قمر ورد نهر شتاء طريق شمس غيم"),
			patterns:  []string{"% و%", "يا %", "بين % و%", "على %"},
		},
		thai: {
			syllables: words("มา ลี ดา วา นี ฟ้า รา ตา พา ยา ลา นา"),
			parts:     [2]int{3, 4},
			nouns:     words("ฝน ทะเล ดาว ลม คืน สายน้ำ ดอกไม้ ภูเขา เมือง ฤดู"),
			patterns:  []string{"%กับ%", "ใต้%", "รอ%", "%ของเรา"},
		},
	}
}

// coin is a made-up word of two or three syllables, with a capital.
func (n *namer) coin() string {
	s := pick(n.rng, n.onset) + pick(n.rng, n.vowel) + pick(n.rng, n.between) + pick(n.rng, n.vowel)
	switch n.rng.IntN(4) {
	case 0:
		s += pick(n.rng, n.between) + pick(n.rng, n.vowel)
	case 1, 2:
		s += pick(n.rng, n.coda)
	}
	return capital(s)
}

func capital(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}

// once returns the first name that make gives and nobody has.
func (n *namer) once(make func() string) string {
	for {
		if s := make(); !n.taken[s] {
			n.taken[s] = true
			return s
		}
	}
}

// artist makes up an artist.
func (n *namer) artist(in script) string {
	if in != latin {
		return n.once(func() string { return n.written(n.scripts[in]) })
	}
	return n.once(func() string {
		switch n.rng.IntN(8) {
		case 0:
			return "The " + pick(n.rng, n.adjectives) + " " + capital(pick(n.rng, n.things))
		case 1:
			return n.coin() + " & the " + capital(pick(n.rng, n.things))
		case 2:
			return n.coin() + " " + pick(n.rng, n.nouns)
		case 3:
			return n.coin()
		case 4:
			return "DJ " + n.coin()
		default:
			return n.coin() + " " + pick(n.rng, n.surnames)
		}
	})
}

// written is a name in another script.
func (n *namer) written(w writing) string {
	k := w.parts[0] + n.rng.IntN(w.parts[1]-w.parts[0]+1)
	parts := make([]string, k)
	for i := range parts {
		parts[i] = pick(n.rng, w.syllables)
	}
	name := strings.Join(parts, w.space)
	if w.space == "" {
		name = capital(strings.ToLower(name))
	}
	return name
}

// title makes up a title that its artist does not have yet.
func (n *namer) title(in script, used map[string]bool) string {
	for {
		t := n.anyTitle(in)
		if !used[t] {
			used[t] = true
			return t
		}
	}
}

func (n *namer) anyTitle(in script) string {
	if in != latin && n.rng.IntN(6) > 0 {
		w := n.scripts[in]
		s := pick(n.rng, w.patterns)
		for strings.Contains(s, "%") {
			s = strings.Replace(s, "%", pick(n.rng, w.nouns), 1)
		}
		return capital(s)
	}
	thing := func() string { return capital(pick(n.rng, n.things)) }
	switch n.rng.IntN(12) {
	case 0:
		return pick(n.rng, n.adjectives) + " " + pick(n.rng, n.nouns)
	case 1:
		return pick(n.rng, n.nouns) + " of " + thing()
	case 2:
		return pick(n.rng, n.verbs) + " " + thing()
	case 3:
		return pick(n.rng, n.verbs) + " the " + pick(n.rng, n.nouns)
	case 4:
		return "To the " + pick(n.rng, n.nouns)
	case 5:
		return pick(n.rng, n.times) + " in " + pick(n.rng, n.places)
	case 6:
		return "Letters from " + pick(n.rng, n.places)
	case 7:
		return "No More " + thing()
	case 8:
		return pick(n.rng, n.adjectives) + " " + thing()
	case 9:
		return pick(n.rng, n.places) + ", " + pick(n.rng, n.times)
	case 10:
		return n.coin()
	default:
		return "The " + pick(n.rng, n.nouns) + " and the " + pick(n.rng, n.nouns)
	}
}

// album makes up an album's name.
func (n *namer) album(in script) string {
	if n.rng.IntN(4) == 0 {
		return pick(n.rng, n.nouns) + " Songs"
	}
	return n.anyTitle(in)
}

// id is 22 letters and digits, as services name tracks.
func (n *namer) id() string {
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	return n.once(func() string {
		var b [22]byte
		for i := range b {
			b[i] = digits[n.rng.IntN(len(digits))]
		}
		return string(b[:])
	})
}
