package store

import (
	"context"
	"reflect"
	"strings"
	"testing"
)

func TestVersions(t *testing.T) {
	each(t, func(t *testing.T, open func(Options) *Store) {
		ctx := context.Background()
		s := open(Options{})
		first := Version{Kind: "model", ID: "v1", At: at(1), By: "id-mai", Note: "k = 4", Body: []byte("\x00\xff")}
		must(t, s.AddVersion(ctx, first))
		again := first
		again.At, again.Note, again.Body = at(9), "later", []byte("other")
		must(t, s.AddVersion(ctx, again))
		if got, err := s.Version(ctx, "model", "v1"); err != nil || !reflect.DeepEqual(got, first) {
			t.Errorf("got %+v, %v, want the first, %+v", got, err, first)
		}
		second := Version{Kind: "model", ID: "v2", At: at(2), Body: []byte{}}
		must(t, s.AddVersion(ctx, second))
		must(t, s.AddVersion(ctx, Version{Kind: "tree", ID: "v1", At: at(3)}))
		first.Body, second.Body = nil, nil
		if all, err := s.Versions(ctx, "model"); err != nil || !reflect.DeepEqual(all, []Version{second, first}) {
			t.Errorf("versions %+v, %v", all, err)
		}
		_, err := s.Version(ctx, "tree", "v2")
		refuses(t, "of another kind", err, ErrNotFound)
		for what, v := range map[string]Version{
			"no kind": {ID: "v"}, "no id": {Kind: "k"}, "note": {Kind: "k", ID: "v", Note: strings.Repeat("n", mostNote+1)}, "large": {Kind: "k", ID: "v", Body: make([]byte, mostBody+1)},
		} {
			refuses(t, what, s.AddVersion(ctx, v), ErrInvalid)
		}

		_, err = s.Chosen(ctx, "model")
		refuses(t, "nothing was chosen", err, ErrNotFound)
		refuses(t, "choosing none", s.Choose(ctx, "model", "v3", "id-mai", at(4)), ErrNotFound)
		for i, id := range []string{"v1", "v2", "v2", "v1"} { // the last rolls back
			must(t, s.Choose(ctx, "model", id, "id-mai", at(10+i)))
		}
		must(t, s.Choose(ctx, "tree", "v1", "", at(20)))
		want := []Choice{{"model", "v1", at(13), "id-mai"}, {"model", "v2", at(11), "id-mai"}, {"model", "v1", at(10), "id-mai"}}
		if got, err := s.Chosen(ctx, "model"); err != nil || got != want[0] {
			t.Errorf("chosen %+v, %v", got, err)
		}
		if all, err := s.Choices(ctx, "model"); err != nil || !reflect.DeepEqual(all, want) {
			t.Errorf("choices %+v, %v, want %+v", all, err, want)
		}
		refuses(t, "deleting what was chosen", s.DeleteVersion(ctx, "model", "v2"), ErrConflict)
		must(t, s.AddVersion(ctx, Version{Kind: "model", ID: "v3", At: at(30)}))
		must(t, s.DeleteVersion(ctx, "model", "v3"))
		must(t, s.DeleteVersion(ctx, "model", "v3"))
		_, err = s.Version(ctx, "model", "v3")
		refuses(t, "deleted", err, ErrNotFound)
	})
}

// Choices made at once all stand in the log, in one order.
func TestChoicesAtOnce(t *testing.T) {
	each(t, func(t *testing.T, open func(Options) *Store) {
		ctx := context.Background()
		stores := []*Store{open(Options{}), open(Options{})}
		const n = 10
		for i := range n {
			must(t, stores[0].AddVersion(ctx, Version{Kind: "tree", ID: numbered("v", i), At: at(i)}))
		}
		if won := race(t, n, nil, func(i int) error { return stores[i%2].Choose(ctx, "tree", numbered("v", i), "", at(i)) }); won != n {
			t.Errorf("%d of %d chose", won, n)
		}
		all, err := stores[1].Choices(ctx, "tree")
		seen := map[string]bool{}
		for _, k := range all {
			seen[k.ID] = true
		}
		if err != nil || len(all) != n || len(seen) != n {
			t.Errorf("%d choices of %d versions, %v", len(all), len(seen), err)
		}
		if last, err := stores[0].Chosen(ctx, "tree"); err != nil || last != all[0] {
			t.Errorf("chosen %+v, %v, want %+v", last, err, all[0])
		}
	})
}

func TestManyVersions(t *testing.T) {
	ctx := context.Background()
	s := opened(t, Options{})
	for i := range mostVersions {
		must(t, s.AddVersion(ctx, Version{Kind: "tree", ID: numbered("v", i), At: at(i)}))
	}
	refuses(t, "one too many", s.AddVersion(ctx, Version{Kind: "tree", ID: "more", At: at(1)}), ErrTooMany)
	must(t, s.AddVersion(ctx, Version{Kind: "tree", ID: numbered("v", 1), At: at(1)})) // is there
	must(t, s.AddVersion(ctx, Version{Kind: "model", ID: "more", At: at(1)}))
}
