package admin

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

func TestChrome(t *testing.T) {
	if *dump == "" {
		t.SkipNow()
	}
	srv := httptest.NewServer(http.FileServer(http.Dir(*dump)))
	defer srv.Close()
	o := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.Flag("disable-gpu", true), chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("no-first-run", true), chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	actx, cancel := chromedp.NewExecAllocator(context.Background(), o...)
	defer cancel()
	ctx, cancel := chromedp.NewContext(actx)
	defer cancel()
	only := os.Getenv("ONLY")
	files, _ := filepath.Glob(filepath.Join(*dump, "*.html"))
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".html")
		if only != "" && !strings.Contains(","+only+",", ","+name+",") {
			continue
		}
		for _, width := range []int64{360, 1280} {
			for _, scheme := range []string{"light", "dark"} {
				err := chromedp.Do(ctx,
					chromedp.EmulateViewport(width, 800),
					chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
						_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
						return err
					}),
					chromedp.Navigate(srv.URL+"/"+name+".html"))
				if err != nil {
					t.Fatal(name, err)
				}
				report, err := chromedp.Run(ctx, chromedp.Evaluate[string](`(()=>{let out=[];if(document.documentElement.scrollWidth>innerWidth)out.push("OVERFLOW "+document.documentElement.scrollWidth);
for(const e of document.querySelectorAll("a,button,input,select,textarea,summary")){const target=e.closest("label")||e;const r=target.getBoundingClientRect();if(!r.width||e.type=="hidden"||e.className=="skip")continue;if(!e.checkVisibility())continue;if(r.height<43.5||r.width<43.5)out.push(e.tagName+" "+(e.name||e.textContent.trim().slice(0,25))+" "+Math.round(r.width)+"x"+Math.round(r.height))}
const ids={};for(const e of document.querySelectorAll("[id]")){if(ids[e.id])out.push("DUP "+e.id);ids[e.id]=1}
for(const a of document.querySelectorAll("a[href^='#']"))if(!document.getElementById(a.getAttribute("href").slice(1)))out.push("DEAD "+a.getAttribute("href"));
return out.join("\n")})()`))
				if err != nil {
					t.Fatal(name, err)
				}
				shot, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
				if err != nil {
					t.Fatal(name, err)
				}
				if report != "" && scheme == "light" {
					t.Logf("%s %d: %s", name, width, report)
				}
				_ = os.WriteFile(filepath.Join(*dump, name+"-"+scheme+"-"+map[int64]string{360: "360", 1280: "1280"}[width]+".png"), shot, 0o644)
			}
		}
	}
}
