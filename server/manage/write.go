package manage

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"allclear/status"
	"allclear/status/lint"
	"allclear/status/statuspage"
	"allclear/store"
)

// patience is how long a write waits until the public page shows it.
const patience = 2 * time.Second

const publishedHeader = "X-Allclear-Published"

// by names the writer for audit.
func (x *call) by() store.By {
	return store.By{Actor: "token " + x.token.Name, Lint: lint.Policy{Mode: x.lint, Language: "en"}}
}

// shown waits until the public page serves the revision, within reason: a late page is
// said, it is no error.
func (x *call) shown(revision int64) {
	x.old = true
	h := x.c.Response().Header()
	ctx, cancel := context.WithTimeout(x.ctx(), patience)
	defer cancel()
	if err := x.desk.Live.Wait(ctx, revision); err != nil {
		h.Set(publishedHeader, "pending")
	}
	h.Set(revisionHeader, strconv.FormatInt(revision, 10))
}

// door is one write through the store; show loads what is to be answered.
type (
	door func(store.By) (store.Receipt, error)
	show func(id string) (any, error)
)

// create makes an object. With an Idempotency-Key the same request makes it once and is
// answered with the same bytes for as long as the store keeps them.
func (x *call) create(write door, shape show) error {
	return x.repeatable(http.StatusCreated, func(by store.By) ([]byte, error) { return x.created(by, write, shape) })
}

// repeatable answers a POST; do writes and returns the body.
func (x *call) repeatable(code int, do func(store.By) ([]byte, error)) error {
	once, err := x.once()
	if err != nil {
		return err
	}
	if once == nil {
		body, err := do(x.by())
		if err != nil {
			return err
		}
		return x.blob(code, body)
	}
	release, err := x.desk.keys.hold(x.ctx(), once.Scope+"/"+once.Key)
	if err != nil {
		return err
	}
	defer release()
	if kept, body, ok, err := x.desk.Store.Answer(x.ctx(), *once); err != nil || ok {
		if err != nil {
			return err
		}
		return x.blob(kept, body)
	}
	by := x.by()
	by.Once = once
	body, err := do(by)
	if err != nil {
		return err
	}
	if err := x.desk.Store.SaveAnswer(context.WithoutCancel(x.ctx()), *once, code, body); err != nil {
		x.desk.Log.Error("answer not kept for its idempotency key", slog.Any("err", err))
	}
	return x.blob(code, body)
}

// created writes and renders. When the store knew the key already (the process died, or
// another node was asked), nothing was written and the object of then is shown.
func (x *call) created(by store.By, write door, shape show) ([]byte, error) {
	receipt, err := write(by)
	if err != nil {
		return nil, err
	}
	object, err := x.outcome(receipt, receipt.ObjectID, shape)
	if err != nil {
		return nil, err
	}
	return statuspage.JSON(object)
}

// once reads the Idempotency-Key; nil when there is none. The scope is the token, the
// hash is of all that the request says.
func (x *call) once() (*store.Once, error) {
	key := x.c.Request().Header.Get("Idempotency-Key")
	if key == "" {
		return nil, nil
	}
	if len(key) > 255 || strings.ContainsFunc(key, func(r rune) bool { return r < 0x21 || r > 0x7e }) {
		return nil, status.Invalid("Idempotency-Key", "The Idempotency-Key must have 1 to 255 visible ASCII characters.")
	}
	r := x.c.Request()
	sum := sha256.New()
	for _, part := range []string{r.Method, r.URL.Path, r.Header.Get("Content-Type"), string(x.body)} {
		sum.Write([]byte(strconv.Itoa(len(part)) + ":" + part))
	}
	return &store.Once{Scope: x.token.ID, Key: key, Hash: hex.EncodeToString(sum.Sum(nil))}, nil
}

// change writes to an object that exists and answers with what it became. A stale
// version is answered with the present object, so that the caller sees what changed.
func (x *call) change(id string, write func(version int64) (store.Receipt, error), shape show) error {
	version, err := x.ifMatch()
	if err != nil {
		return err
	}
	receipt, err := write(version)
	if err != nil {
		return x.stale(err, id, shape)
	}
	return x.ok(x.outcome(receipt, id, shape))
}

// outcome is what a write is answered with, once the page shows it. A credential that was
// let through is masked there: answers are kept and logged by many.
func (x *call) outcome(r store.Receipt, id string, shape show) (any, error) {
	x.shown(r.Revision)
	x.mask = lint.HasCredentials(r.Findings)
	object, err := shape(id)
	if err != nil {
		return nil, err
	}
	return written(object, r.Findings), nil
}

// remove deletes an object; the answer is up to the caller. The version is compared with
// what the call loaded: doors that delete take none, since there is nothing to overwrite.
func (x *call) remove(id string, current int64, noun string, write door, shape show) (done bool, err error) {
	version, err := x.ifMatch()
	if err != nil {
		return false, err
	}
	if version != 0 && version != current {
		return false, x.stale(status.Conflict(noun, version, current), id, shape)
	}
	receipt, err := write(x.by())
	if err != nil {
		return false, err
	}
	x.shown(receipt.Revision)
	return true, nil
}

// ifMatch reads the version that the caller saw, bare or quoted; 0 is "whatever is there".
func (x *call) ifMatch() (int64, error) {
	given := x.c.Request().Header.Get("If-Match")
	if given == "" || given == "*" {
		return 0, nil
	}
	n, err := strconv.ParseInt(strings.Trim(strings.TrimPrefix(given, "W/"), `"`), 10, 64)
	if err != nil || n < 1 {
		return 0, status.NewFault(status.CodeMalformed, "If-Match", "If-Match must be the version that you saw, such as 3 or \"3\".")
	}
	return n, nil
}

// staleAnswer is a 409 with what is there now; its first keys are those of every error.
type staleAnswer struct {
	Error   string            `json:"error"`
	Fields  map[string]string `json:"fields"`
	Version int64             `json:"current_version"`
	Current any               `json:"current"`
}

func (x *call) stale(err error, id string, shape show) error {
	f, ok := status.FaultOf(err)
	if !ok || f.Code != status.CodeConflict || f.Current == 0 {
		return err
	}
	x.old = true // by somebody else
	object, err := shape(id)
	if err != nil {
		return err
	}
	return x.json(http.StatusConflict, staleAnswer{
		Error: f.Message, Fields: map[string]string{f.Field: f.Message}, Version: f.Current, Current: object,
	})
}

// keyring lets one request per idempotency key work at a time, so that the others find
// its answer. Keys of requests under way only are held.
type keyring struct {
	mu   sync.Mutex
	held map[string]chan struct{}
}

func (k *keyring) hold(ctx context.Context, key string) (release func(), err error) {
	for {
		k.mu.Lock()
		busy, ok := k.held[key]
		if !ok {
			break
		}
		k.mu.Unlock()
		select {
		case <-busy:
		case <-ctx.Done():
			return nil, status.NewFault(status.CodeUnavailable, "Idempotency-Key", "A request with this Idempotency-Key is still under way; try again.")
		}
	}
	defer k.mu.Unlock()
	if k.held == nil {
		k.held = map[string]chan struct{}{}
	}
	done := make(chan struct{})
	k.held[key] = done
	return func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		delete(k.held, key)
		close(done)
	}, nil
}
