package static

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"
)

func TestEveryAssetHasANameForItsContent(t *testing.T) {
	shape := regexp.MustCompile(`^((icons|share)/)?[a-z]+(-[a-z]+)?\.[0-9a-f]{8}\.(css|js|svg|ico|png)$`)
	seen := map[string]bool{}
	for _, a := range Assets() {
		if !shape.MatchString(a.Hashed) {
			t.Errorf("%s is served as %q", a.Name, a.Hashed)
		}
		if seen[a.Hashed] {
			t.Errorf("two assets are served as %q", a.Hashed)
		}
		seen[a.Hashed] = true
		if a.URL() != "/s/"+a.Hashed || URL(a.Name) != a.URL() {
			t.Errorf("%s has two addresses", a.Name)
		}
		if len(a.Body) == 0 {
			t.Errorf("%s is empty", a.Name)
		}
	}
	one, _ := Get("icons/major.svg")
	for _, a := range Assets() {
		if strings.HasPrefix(a.Name, "icons/") && strings.HasSuffix(a.Name, ".svg") && strings.Replace(a.Name, ".svg", strings.TrimPrefix(one.Hashed, "icons/major"), 1) != a.Hashed {
			t.Errorf("the script does not find %s beside %s", a.Hashed, one.Hashed)
		}
	}
	if hashedName("a.css", []byte("x")) == hashedName("a.css", []byte("y")) {
		t.Error("different content has the same name")
	}
}

func TestContentTypesDoNotDependOnTheMachine(t *testing.T) {
	for name, want := range map[string]string{
		"a.css": "text/css; charset=utf-8", "a.js": "text/javascript; charset=utf-8", "b/a.svg": "image/svg+xml",
		"a.ico": "image/x-icon", "a.png": "image/png", "a.bin": "application/octet-stream",
	} {
		if got := contentType(name); got != want {
			t.Errorf("%s has the type %q, want %q", name, got, want)
		}
	}
}

func TestUnknownAsset(t *testing.T) {
	if _, ok := Get("nothing.css"); ok {
		t.Error("an asset that does not exist was found")
	}
	defer func() {
		if recover() == nil {
			t.Error("asking for the address of a missing asset did not panic")
		}
	}()
	URL("nothing.css")
}

func TestPicturesAreWellFormedAndInert(t *testing.T) {
	for _, a := range Assets() {
		if a.ContentType != "image/svg+xml" {
			continue
		}
		d := xml.NewDecoder(bytes.NewReader(a.Body))
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", a.Name, err)
			}
			if el, ok := token.(xml.StartElement); ok && (el.Name.Local == "script" || el.Name.Local == "image") {
				t.Errorf("%s holds a <%s>", a.Name, el.Name.Local)
			}
		}
	}
}

func TestTheSpriteHasASymbolForEachState(t *testing.T) {
	sprite, _ := Get("icons/sprite.svg")
	for _, id := range []string{"operational", "degraded", "partial", "major", "maintenance", "unknown", "watched"} {
		if !strings.Contains(string(sprite.Body), `<symbol id="`+id+`"`) {
			t.Errorf("the sprite has no symbol %s", id)
		}
	}
	for _, state := range []string{"operational", "degraded", "partial", "major", "maintenance", "unknown"} {
		if _, ok := Get("icons/" + state + ".svg"); !ok {
			t.Errorf("there is no icon for the state %s", state)
		}
	}
}

func TestTheScriptAsksNobodyElse(t *testing.T) {
	script, _ := Get("live.js")
	for _, forbidden := range []string{"http:", "https:", "eval(", "document.cookie", "new Function", ".style"} {
		if strings.Contains(string(script.Body), forbidden) {
			t.Errorf("live.js contains %q", forbidden)
		}
	}
}
