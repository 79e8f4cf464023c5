package card

import (
	"context"
	"image"
	"image/color"
	"image/png"
	"os"
	"testing"

	"golang.org/x/image/draw"
)

// TestSheet writes all six wide cards as one small picture for the documents, to
// the file that CARD_SHEET names:
//
//	CARD_SHEET=$PWD/docs/images/cards.png go test -run TestSheet ./card
func TestSheet(t *testing.T) {
	file := os.Getenv("CARD_SHEET")
	if file == "" {
		t.Skip("CARD_SHEET names no file to write the sheet to")
	}
	const columns, w, h, gap = 2, 400, 210, 12
	cards := samples()
	rows := len(cards) / columns
	sheet := image.NewRGBA(image.Rect(0, 0, columns*(w+gap)-gap, rows*(h+gap)-gap))
	draw.Draw(sheet, sheet.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	for i, c := range cards {
		c.Seed = 7
		im, err := composed(t, c, Wide()).paint(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		at := image.Pt(i%columns*(w+gap), i/columns*(h+gap))
		draw.CatmullRom.Scale(sheet, image.Rectangle{at, at.Add(image.Pt(w, h))}, im, im.Bounds(), draw.Src, nil)
	}
	// The glows' finest steps would be most of the file.
	const step = 4
	for i, v := range sheet.Pix {
		if i%4 != 3 {
			sheet.Pix[i] = uint8(min(255, (int(v)+step/2)/step*step))
		}
	}
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(f, sheet); err != nil {
		t.Fatal(err)
	}
}
