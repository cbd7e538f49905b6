package main

import (
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// patience bounds every wait of a script. Nothing waits so long unless it is broken.
const patience = time.Minute

// transcript is output that grows while others wait for a part of it.
type transcript struct {
	mu    sync.Mutex
	text  []byte
	grown chan struct{} // closed when text grows
}

// Write adds to the text and wakes who waits.
func (t *transcript) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	if t.grown != nil {
		close(t.grown)
	}
	t.grown = nil
	return len(p), nil
}

// look returns the text and what ends when there is more.
func (t *transcript) look() (string, <-chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.grown == nil {
		t.grown = make(chan struct{})
	}
	return string(t.text), t.grown
}

// await waits until the text matches, the writer is done, or patience is at its end.
func (t *transcript) await(ts *testscript.TestScript, re *regexp.Regexp, done <-chan struct{}) []string {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for last := false; ; {
		text, grown := t.look()
		if match := re.FindStringSubmatch(text); match != nil {
			return match
		}
		if last || ctx.Err() != nil {
			ts.Fatalf("nothing matches %s in:\n%s", re, text)
		}
		select {
		case <-grown:
		case <-ctx.Done():
		case <-done:
			last = true
		}
	}
}

// background is a running server.
type background struct {
	cmd         *exec.Cmd
	out, errors transcript
	done        chan struct{} // closed when the process has ended
	ended       error
}

// serve starts the built program on a port that the system chooses.
func serve(ts *testscript.TestScript, neg bool, args []string) {
	wants(ts, neg, args, 0, "serve ARGS…")
	s := stageOfScript(ts)
	if s.server != nil {
		ts.Fatalf("a server is running already")
	}
	b := &background{done: make(chan struct{})}
	b.cmd = exec.Command("allclear", append([]string{"serve", "--listen", "127.0.0.1:0", "--mail-hold", "0s"}, args...)...)
	b.cmd.Dir = ts.MkAbs(".")
	b.cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + b.cmd.Dir, "TMPDIR=" + ts.Getenv("TMPDIR")}
	b.cmd.Stdout, b.cmd.Stderr = &b.out, &b.errors
	ts.Check(b.cmd.Start())
	go func() {
		b.ended = b.cmd.Wait()
		close(b.done)
	}()
	s.server = b
	ts.Defer(func() {
		if s.server == b {
			_ = b.cmd.Process.Kill() // the script failed, or left it running
			<-b.done
		}
		text, _ := b.errors.look()
		ts.Logf("[log of the server]\n%s", text)
	})
	ts.Setenv("URL", b.out.await(ts, regexp.MustCompile(`(?m)^Public page: (http://\S+)/$`), b.done)[1])
	b.out.await(ts, regexp.MustCompile(`(?m)^Staff side: `), b.done)
}

func running(ts *testscript.TestScript) *background {
	b := stageOfScript(ts).server
	if b == nil {
		ts.Fatalf("no server is running")
	}
	return b
}

// said waits for something that the server prints.
func said(ts *testscript.TestScript, neg bool, args []string) {
	wants(ts, neg, args, 2, "said NAME REGEXP")
	b := running(ts)
	keep(ts, args[0], b.out.await(ts, pattern(ts, args[1]), b.done), args[1])
}

// stop asks the server to end, which it must do without an error.
func stop(ts *testscript.TestScript, neg bool, args []string) {
	wants(ts, neg, args, 0, "stop")
	b := end(ts, syscall.SIGTERM)
	if b.ended != nil {
		ts.Fatalf("the server did not stop in order: %v", b.ended)
	}
}

// kill9 ends the server in the middle of whatever it does.
func kill9(ts *testscript.TestScript, neg bool, args []string) {
	wants(ts, neg, args, 0, "kill9")
	end(ts, syscall.SIGKILL)
}

func end(ts *testscript.TestScript, signal syscall.Signal) *background {
	b := running(ts)
	ts.Check(b.cmd.Process.Signal(signal))
	select {
	case <-b.done:
	case <-time.After(patience):
		ts.Fatalf("the server did not end within %s of %s", patience, signal)
	}
	stageOfScript(ts).server = nil
	return b
}

// listenTo keeps a stream open until the script ends.
func listenTo(ts *testscript.TestScript, neg bool, args []string) {
	wants(ts, neg, args, 1, "listen PATH")
	ctx, cancel := context.WithCancel(context.Background())
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, ts.Getenv("URL")+args[0], nil)
	ts.Check(err)
	answer, err := http.DefaultClient.Do(request)
	ts.Check(err)
	stream := &transcript{}
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		buffer := make([]byte, 4096)
		for {
			n, err := answer.Body.Read(buffer)
			_, _ = stream.Write(buffer[:n])
			if err != nil {
				return
			}
		}
	}()
	stageOfScript(ts).stream = stream
	ts.Defer(func() {
		cancel()
		<-finished
		_ = answer.Body.Close()
	})
}

// heard waits until the open stream brought something.
func heard(ts *testscript.TestScript, neg bool, args []string) {
	wants(ts, neg, args, 1, "heard REGEXP")
	stream := stageOfScript(ts).stream
	if stream == nil {
		ts.Fatalf("no stream is open")
	}
	stream.await(ts, pattern(ts, args[0]), nil)
}

// mailFolder is where a server without a mail server puts its mail.
func mailFolder(ts *testscript.TestScript) string {
	return filepath.Join(ts.MkAbs("."), "data", "mail")
}
