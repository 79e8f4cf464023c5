package playlist

import (
	"bytes"
	"encoding/json"
	"testing"
)

func TestJSPFKeepsMoodsInItsExtension(t *testing.T) {
	var b bytes.Buffer
	if err := Write(&b, JSPF, &Playlist{Tracks: sampleTracks()[:1]}); err != nil {
		t.Fatal(err)
	}
	var doc map[string]map[string]any
	if err := json.Unmarshal(b.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	track := doc["playlist"]["track"].([]any)[0].(map[string]any)
	if _, ok := track["valence"]; ok {
		t.Error("valence stands outside the extension")
	}
	ext := track["extension"].(map[string]any)[trackExtension].([]any)[0].(map[string]any)
	if ext["valence"] != .125 || ext["mood"] != "calm" {
		t.Errorf("extension is %v", ext)
	}
}
