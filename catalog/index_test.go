package catalog

import "testing"

func TestIndex(t *testing.T) {
	// 5,000 keys of 50 hashes: everything collides.
	var x index
	var keys []int
	for k := range 10_000 {
		k %= 5_000
		hash := uint64(k%50) << 40
		row, slot := x.find(hash, func(r int32) bool { return keys[r] == k })
		switch {
		case row >= 0 && keys[row] != k:
			t.Fatalf("key %d found at row %d", k, row)
		case row < 0:
			x.insert(slot, hash, int32(len(keys)))
			keys = append(keys, k)
		}
	}
	if len(keys) != 5_000 {
		t.Errorf("%d keys, want 5,000", len(keys))
	}
}
