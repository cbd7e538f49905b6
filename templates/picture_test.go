package templates

import (
	"bytes"
	"encoding/binary"
	"flag"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"allclear/static"
)

// The pictures that networks show beside a shared link, and the icon for browsers that
// know no SVG, are drawn here and embedded by the static package: one for each state and
// language, and one without words for languages that have none yet. After a change of
// words or shapes: go test ./templates -run TestPictures -draw, then look at them.

var redraw = flag.Bool("draw", false, "draw the pictures and icons anew")

const (
	pictureWide, pictureHigh = 1200, 630
	pictureSize              = 20 << 10 // the most that one may weigh
)

func TestPicturesAreThoseOfTheWords(t *testing.T) {
	s := newSet(t)
	face := boldFace(t, 76)
	for _, state := range pageStates() {
		checkDrawn(t, "share/"+state+".png", encoded(t, drawPicture(state, "", face)))
		checkDrawn(t, "icons/"+state+".ico", encodedIcon(t, state))
		for _, locale := range s.Locales() {
			word := s.Voice(locale, "UTC").StateWord(state)
			checkDrawn(t, "share/"+state+"-"+locale+".png", encoded(t, drawPicture(state, word, face)))
		}
	}
}

// checkDrawn compares a file with what is drawn now, or writes it.
func checkDrawn(t *testing.T, name string, drawn []byte) {
	t.Helper()
	file := filepath.Join("..", "static", filepath.FromSlash(name))
	if *redraw {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, drawn, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v; draw it with: go test ./templates -run TestPictures -draw", err)
	}
	if len(have) > pictureSize {
		t.Errorf("%s weighs %d bytes, more than %d", name, len(have), pictureSize)
	}
	if !alike(t, have, drawn) {
		t.Errorf("%s is not what is drawn now; if the change is meant: go test ./templates -run TestPictures -draw, then look at it", name)
	}
}

// alike compares pixels, not bytes: another release of Go may pack them otherwise.
func alike(t *testing.T, a, b []byte) bool {
	t.Helper()
	x, y := decoded(t, a), decoded(t, b)
	if x.Bounds() != y.Bounds() {
		return false
	}
	for row := range x.Bounds().Dy() {
		for column := range x.Bounds().Dx() {
			r1, g1, b1, _ := x.At(column, row).RGBA()
			r2, g2, b2, _ := y.At(column, row).RGBA()
			if far(r1, r2) || far(g1, g2) || far(b1, b2) {
				return false
			}
		}
	}
	return true
}

func far(a, b uint32) bool { return max(a, b)-min(a, b) > 0x0c00 }

// decoded reads a PNG, or the largest picture of an icon file.
func decoded(t *testing.T, body []byte) image.Image {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(body[max(0, bytes.LastIndex(body, []byte("\x89PNG"))):]))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func TestEveryPictureIsOffered(t *testing.T) {
	for locale, want := range map[string]string{"de": "share/major-de.png", "en": "share/major-en.png", "fr": "share/major.png"} {
		if got := (Chrome{Locale: locale, State: "major"}).Picture(); got != static.URL(want) {
			t.Errorf("%s is offered %s, want %s", locale, got, static.URL(want))
		}
	}
	if got := (Chrome{Locale: "en"}).Picture(); got != "" {
		t.Errorf("a page without a state is offered %s", got)
	}
}

func boldFace(t *testing.T, size float64) font.Face {
	t.Helper()
	parsed, err := opentype.Parse(gobold.TTF)
	if err != nil {
		t.Fatal(err)
	}
	face, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: size, DPI: 72})
	if err != nil {
		t.Fatal(err)
	}
	return face
}

func rgb(s string) color.RGBA {
	n, err := strconv.ParseUint(strings.TrimPrefix(s, "#"), 16, 32)
	if err != nil {
		panic(err)
	}
	return color.RGBA{uint8(n >> 16), uint8(n >> 8), uint8(n), 255}
}

func mixed(a, b color.RGBA, part float64) color.RGBA {
	mix := func(x, y uint8) uint8 { return uint8(math.Round(float64(x)*(1-part) + float64(y)*part)) }
	return color.RGBA{mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B), 255}
}

// drawPicture puts the shape of a state above its word, in the middle: networks cut
// pictures to squares as they like.
func drawPicture(state, word string, face font.Face) image.Image {
	ink, paper := rgb(Ink(state)), mixed(rgb("#ffffff"), rgb(Ink(state)), 0.08)
	img := image.NewRGBA(image.Rect(0, 0, pictureWide, pictureHigh))
	draw.Draw(img, img.Bounds(), image.NewUniform(paper), image.Point{}, draw.Src)
	draw.Draw(img, image.Rect(0, pictureHigh-28, pictureWide, pictureHigh), image.NewUniform(ink), image.Point{}, draw.Src)
	lines := wrapped(word, face, 610)
	const icon, gap, step = 250, 64, 92
	top := (pictureHigh - 28 - icon) / 2
	if len(lines) > 0 {
		top = (pictureHigh - 28 - icon - gap - step*len(lines)) / 2
	}
	drawShape(img, state, image.Pt((pictureWide-icon)/2, top), icon, ink)
	pen := font.Drawer{Dst: img, Src: image.NewUniform(rgb("#1a2026")), Face: face}
	for i, line := range lines {
		pen.Dot = fixed.Point26_6{X: (fixed.I(pictureWide) - pen.MeasureString(line)) / 2, Y: fixed.I(top + icon + gap + 68 + i*step)}
		pen.DrawString(line)
	}
	return img
}

// wrapped breaks a text into lines of at most a width.
func wrapped(text string, face font.Face, wide int) []string {
	var lines []string
	for word := range strings.FieldsSeq(text) {
		if n := len(lines); n > 0 && font.MeasureString(face, lines[n-1]+" "+word) <= fixed.I(wide) {
			lines[n-1] += " " + word
		} else {
			lines = append(lines, word)
		}
	}
	return lines
}

type point struct{ x, y float64 }

// outline is a closed or open run of straight lines, or a circle.
type outline struct {
	points []point
	closed bool
	radius float64 // of a circle around the only point
}

// drawShape draws the sprite's drawing of a state: the outer form filled, what is inside
// in white.
func drawShape(img *image.RGBA, state string, at image.Point, size int, ink color.RGBA) {
	lines := outlinesOf(Shape(state))
	scale := 24 / float64(size)
	for y := range size {
		for x := range size {
			p := point{(float64(x) + 0.5) * scale, (float64(y) + 0.5) * scale}
			outer, inner := lines[0].distance(p)-1, math.Inf(1)
			if lines[0].holds(p) {
				outer = -1
			}
			for _, o := range lines[1:] {
				inner = min(inner, o.distance(p)-1)
			}
			here := img.RGBAAt(at.X+x, at.Y+y)
			here = mixed(here, ink, covered(outer, scale))
			img.SetRGBA(at.X+x, at.Y+y, mixed(here, rgb("#ffffff"), covered(inner, scale)))
		}
	}
}

// covered is how much of a pixel lies within an edge at a distance.
func covered(distance, pixel float64) float64 { return min(1, max(0, 0.5-distance/pixel)) }

// distance is how far a point lies from the line.
func (o outline) distance(p point) float64 {
	if o.radius > 0 {
		return math.Abs(math.Hypot(p.x-o.points[0].x, p.y-o.points[0].y) - o.radius)
	}
	nearest := math.Inf(1)
	for i := range o.points {
		a, b := o.points[i], o.points[(i+1)%len(o.points)]
		if i+1 == len(o.points) && !o.closed {
			break
		}
		length := math.Hypot(b.x-a.x, b.y-a.y)
		part := min(1, max(0, ((p.x-a.x)*(b.x-a.x)+(p.y-a.y)*(b.y-a.y))/(length*length)))
		nearest = min(nearest, math.Hypot(p.x-a.x-part*(b.x-a.x), p.y-a.y-part*(b.y-a.y)))
	}
	return nearest
}

// holds says whether a closed line encloses a point.
func (o outline) holds(p point) bool {
	if o.radius > 0 {
		return math.Hypot(p.x-o.points[0].x, p.y-o.points[0].y) < o.radius
	}
	inside := false
	for i := range o.points {
		a, b := o.points[i], o.points[(i+1)%len(o.points)]
		if o.closed && (a.y > p.y) != (b.y > p.y) && p.x < (b.x-a.x)*(p.y-a.y)/(b.y-a.y)+a.x {
			inside = !inside
		}
	}
	return inside
}

var (
	elementPattern = regexp.MustCompile(`<(\w+) ([^>]*)/>`)
	valuePattern   = regexp.MustCompile(`(\w+)="([^"]*)"`)
	stepPattern    = regexp.MustCompile(`([MmLlHhVvZz])|-?(?:\d+\.?\d*|\.\d+)`)
)

// outlinesOf reads the few forms that the sprite is made of.
func outlinesOf(shape string) []outline {
	var all []outline
	for _, el := range elementPattern.FindAllStringSubmatch(shape, -1) {
		values := map[string]string{}
		for _, v := range valuePattern.FindAllStringSubmatch(el[2], -1) {
			values[v[1]] = v[2]
		}
		number := func(name string) float64 { return parsedNumber(values[name]) }
		switch el[1] {
		case "circle":
			all = append(all, outline{points: []point{{number("cx"), number("cy")}}, radius: number("r")})
		case "rect":
			all = append(all, roundedSquare(number("x"), number("y"), number("width"), number("rx")))
		case "path":
			all = append(all, pathOutlines(values["d"])...)
		}
	}
	return all
}

func parsedNumber(s string) float64 {
	n, err := strconv.ParseFloat(s, 64)
	if err != nil {
		panic("the sprite has the number " + s)
	}
	return n
}

func roundedSquare(x, y, size, r float64) outline {
	o := outline{closed: true}
	for i, corner := range []point{{x + size - r, y + r}, {x + size - r, y + size - r}, {x + r, y + size - r}, {x + r, y + r}} {
		for step := range 9 {
			angle := -math.Pi/2 + math.Pi/2*(float64(i)+float64(step)/8)
			o.points = append(o.points, point{corner.x + r*math.Cos(angle), corner.y + r*math.Sin(angle)})
		}
	}
	return o
}

// pathOutlines reads straight path data.
func pathOutlines(d string) []outline {
	var all []outline
	var at point
	tokens := stepPattern.FindAllString(d, -1)
	next := func() float64 {
		n := parsedNumber(tokens[0])
		tokens = tokens[1:]
		return n
	}
	for command := ""; len(tokens) > 0; {
		if strings.ContainsAny(tokens[0], "MmLlHhVvZz") {
			command, tokens = tokens[0], tokens[1:]
		}
		from := point{}
		if strings.ToLower(command) == command {
			from = at
		}
		switch strings.ToLower(command) {
		case "z":
			all[len(all)-1].closed = true
			continue
		case "h":
			at.x = from.x + next()
		case "v":
			at.y = from.y + next()
		default:
			at = point{from.x + next(), from.y + next()}
		}
		if strings.EqualFold(command, "m") {
			all = append(all, outline{})
			command = map[string]string{"M": "L", "m": "l"}[command]
		}
		last := &all[len(all)-1]
		last.points = append(last.points, at)
	}
	return all
}

// encoded packs a picture with the few colours that it has.
func encoded(t *testing.T, img image.Image) []byte {
	t.Helper()
	var palette color.Palette
	seen := map[color.Color]bool{}
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			if c := img.At(x, y); !seen[c] && len(palette) < 256 {
				seen[c] = true
				palette = append(palette, c)
			}
		}
	}
	few := image.NewPaletted(img.Bounds(), palette)
	draw.Draw(few, few.Bounds(), img, image.Point{}, draw.Src)
	var buf bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&buf, few); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// encodedIcon is an icon file with two sizes, each a PNG with a clear ground.
func encodedIcon(t *testing.T, state string) []byte {
	t.Helper()
	var pictures [][]byte
	sizes := []int{16, 32}
	for _, size := range sizes {
		white := image.NewRGBA(image.Rect(0, 0, size, size))
		draw.Draw(white, white.Bounds(), image.White, image.Point{}, draw.Src)
		drawShape(white, state, image.Point{}, size, rgb(Ink(state)))
		var buf bytes.Buffer
		if err := png.Encode(&buf, cleared(white, state)); err != nil {
			t.Fatal(err)
		}
		pictures = append(pictures, buf.Bytes())
	}
	out := binary.LittleEndian.AppendUint16(nil, 0)
	out = binary.LittleEndian.AppendUint16(out, 1) // an icon
	out = binary.LittleEndian.AppendUint16(out, uint16(len(pictures)))
	at := len(out) + 16*len(pictures)
	for i, p := range pictures {
		out = append(out, byte(sizes[i]), byte(sizes[i]), 0, 0)
		out = binary.LittleEndian.AppendUint16(out, 1)
		out = binary.LittleEndian.AppendUint16(out, 32)
		out = binary.LittleEndian.AppendUint32(out, uint32(len(p)))
		out = binary.LittleEndian.AppendUint32(out, uint32(at))
		at += len(p)
	}
	return append(out, bytes.Join(pictures, nil)...)
}

// cleared takes the ground around the outer form away.
func cleared(img *image.RGBA, state string) image.Image {
	size := img.Bounds().Dx()
	out := image.NewNRGBA(img.Bounds())
	outer := outlinesOf(Shape(state))[0]
	scale := 24 / float64(size)
	for y := range size {
		for x := range size {
			p := point{(float64(x) + 0.5) * scale, (float64(y) + 0.5) * scale}
			c := img.RGBAAt(x, y)
			shown := 1.0
			if !outer.holds(p) {
				shown, c = covered(outer.distance(p)-1, scale), rgb(Ink(state))
			}
			out.SetNRGBA(x, y, color.NRGBA{c.R, c.G, c.B, uint8(math.Round(255 * shown))})
		}
	}
	return out
}
