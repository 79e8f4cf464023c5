package account

import "container/list"

// Recent is a map that holds at most max keys and forgets the one that was not
// asked for longest, so that whoever makes up keys costs bounded memory.
type recent[V any] struct {
	max   int
	at    map[string]*list.Element // of entry[V]
	order *list.List               // the last asked for in front
}

type entry[V any] struct {
	key   string
	value V
}

func newRecent[V any](max int) *recent[V] {
	return &recent[V]{max: max, at: map[string]*list.Element{}, order: list.New()}
}

// get returns the value of a key, making it if there is none.
func (r *recent[V]) get(key string, fresh func() V) V {
	if e, ok := r.at[key]; ok {
		r.order.MoveToFront(e)
		return e.Value.(*entry[V]).value
	}
	if r.order.Len() >= r.max {
		last := r.order.Back()
		delete(r.at, last.Value.(*entry[V]).key)
		r.order.Remove(last)
	}
	v := fresh()
	r.at[key] = r.order.PushFront(&entry[V]{key, v})
	return v
}
