package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

const httpUsage = "http STATUS METHOD PATH [@BODYFILE] [FIELD=VALUE…] [Header: VALUE…]"

// httpOnce sends one request that must be answered with this status. The output is the
// answer as curl -i shows it, headers sorted.
func httpOnce(ts *testscript.TestScript, neg bool, args []string) {
	wants(ts, neg, args, 3, httpUsage)
	code, text, err := exchange(ts, args[1], args[2], args[3:])
	ts.Check(err)
	_, err = io.WriteString(ts.Stdout(), text)
	ts.Check(err)
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("%s %s answered %d, want %s", args[1], args[2], code, args[0])
	}
}

// httpUntil repeats a request until its answer matches: for what the server does after
// it has answered somebody else.
func httpUntil(ts *testscript.TestScript, neg bool, args []string) {
	wants(ts, neg, args, 3, "until REGEXP METHOD PATH …")
	re := pattern(ts, args[0])
	poll(ts, func() (string, bool) {
		_, text, err := exchange(ts, args[1], args[2], args[3:])
		if err != nil {
			return err.Error(), false
		}
		return text, re.MatchString(text)
	})
}

// poll looks again and again until what it sees is right, and makes it the output.
func poll(ts *testscript.TestScript, look func() (string, bool)) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		text, ok := look()
		if ok {
			_, err := io.WriteString(ts.Stdout(), text)
			ts.Check(err)
			return
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			ts.Fatalf("it did not come to pass within %s; the last look:\n%s", patience, text)
		}
	}
}

// exchange sends one request and writes down the answer. Redirects are not followed: a
// script says where it goes.
func exchange(ts *testscript.TestScript, method, target string, args []string) (int, string, error) {
	request, err := compose(ts, method, target, args)
	if err != nil {
		return 0, "", err
	}
	client := &http.Client{Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return 0, "", err
	}
	var text strings.Builder
	fmt.Fprintf(&text, "%s\n", answer.Status)
	for _, name := range slices.Sorted(maps.Keys(answer.Header)) {
		fmt.Fprintf(&text, "%s: %s\n", name, strings.Join(answer.Header[name], ", "))
	}
	fmt.Fprintf(&text, "\n%s\n", body)
	return answer.StatusCode, text.String(), nil
}

// compose makes the request: @FILE is its body, NAME=VALUE a field of a form,
// "Name: value" a header.
func compose(ts *testscript.TestScript, method, target string, args []string) (*http.Request, error) {
	header, form := http.Header{}, url.Values{}
	var body []byte
	for _, arg := range args {
		name, value, isHeader := strings.Cut(arg, ": ")
		file, isFile := strings.CutPrefix(arg, "@")
		field, text, isField := strings.Cut(arg, "=")
		switch {
		case isFile:
			body = []byte(ts.ReadFile(file))
			if filepath.Ext(file) == ".json" {
				header.Set("Content-Type", "application/json")
			}
		case isHeader && !strings.Contains(name, "="):
			header.Set(name, value)
		case isField:
			form.Add(field, text)
		default:
			return nil, fmt.Errorf("usage: %s", httpUsage)
		}
	}
	if len(form) > 0 {
		body = []byte(form.Encode())
		header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	request, err := http.NewRequestWithContext(context.Background(), method, ts.Getenv("URL")+target, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header = header
	return request, nil
}
