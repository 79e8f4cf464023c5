package pgtest

import "testing"

// Databases are apart, and what was in one is there again after its server was gone.
func TestStopAndResume(t *testing.T) {
	s := Start(t)
	if err := s.ask("CREATE TABLE kept (n int)"); err != nil {
		t.Fatal(err)
	}
	if a, b := s.URL(t), s.URL(t); a == b {
		t.Errorf("two tests share %s", a)
	}
	s.Stop(t)
	if err := s.ask("SELECT 1"); err == nil {
		t.Error("it answers after it was stopped")
	}
	s.Resume(t)
	if err := s.ask("INSERT INTO kept VALUES (1)"); err != nil {
		t.Error(err)
	}
}

func TestURL(t *testing.T) {
	if a, b := URL(t), URL(t); a == b {
		t.Errorf("twice %s", a)
	}
}
