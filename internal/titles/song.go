package titles

// Song returns the key that recordings of one song share if they claim to be
// of one kind: Fold(Plain(title)), a zero byte, and Version(title). It writes
// into the storage of buf, so that a caller with millions of titles pays for
// none. Most titles have no suffix at all; they take one pass.
func Song(buf []byte, title string) []byte {
	if key, ok := simpleSong(buf[:0], title); ok {
		return key
	}
	key := append(buf[:0], Fold(Plain(title))...)
	key = append(key, 0)
	return append(key, Version(title)...)
}

// simpleSong is Song for ASCII titles in which nothing hints at a suffix or a
// version. Of any other title it says that it is not ok.
func simpleSong(key []byte, title string) (_ []byte, ok bool) {
	last := byte(0)
	for i := 0; i < len(title); i++ {
		c := title[i]
		switch {
		case c >= 0x80 || c == '(' || c == '[':
			return key, false
		case last == ' ' && (c == '-' || c|0x20 == 'f') && mayOpenSuffix(title[i:]):
			return key, false
		}
		last = c
		key = appendASCII(key, c)
	}
	if n := len(key); n > 0 && key[n-1] == ' ' {
		key = key[:n-1]
	}
	if len(key) == 0 || mayEndInVersion(title) {
		return key, false
	}
	return append(key, 0), true
}

// mayOpenSuffix reports whether a word of a title, and what follows it, may be
// the dash or the "feat." that opens a suffix.
func mayOpenSuffix(s string) bool {
	if len(s) < 2 {
		return false
	}
	if s[0] == '-' {
		return s[1] == ' '
	}
	return s[0]|0x20 == 'f' && (s[1]|0x20 == 'e' || s[1]|0x20 == 't')
}

// mayEndInVersion reports whether lastWords may find something: its words end
// in few pairs of letters, which few titles end in.
func mayEndInVersion(name string) bool {
	n := len(name)
	for n > 0 && (name[n-1] == ' ' || name[n-1] == '/' || name[n-1] == '-' || name[n-1] == ';' || name[n-1] == ',') {
		n--
	}
	if n < 2 {
		return false
	}
	switch [2]byte{name[n-2] | 0x20, name[n-1] | 0x20} {
	case [2]byte{'i', 'x'}, [2]byte{'u', 'p'}, [2]byte{'r', 'b'}, [2]byte{'e', 'd'}, [2]byte{'k', 'e'}, [2]byte{'o', 'n'}:
		return true
	}
	return false
}
