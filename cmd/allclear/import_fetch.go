package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// fetchWithin is the time that one document of another page may take.
const fetchWithin = 30 * time.Second

// errNoDocument says that a page does not have a document; it may lack any but not all.
var errNoDocument = errors.New("the page has no such document")

// fetchPage gets the documents of the page at an address.
func fetchPage(ctx context.Context, source string) (map[string][]byte, error) {
	base, err := pageAddress(source)
	if err != nil {
		return nil, err
	}
	client := &http.Client{Timeout: fetchWithin}
	files := map[string][]byte{}
	for _, f := range statuspageFiles {
		text, err := fetchDocument(ctx, client, base+f.path)
		if errors.Is(err, errNoDocument) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("nothing was imported: %w", err)
		}
		files[f.name] = text
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s is not a Statuspage-compatible page: there is neither %s nor any other document of one", base, base+statuspageFiles[0].path)
	}
	return files, nil
}

// pageAddress is the address without what stands behind the page itself.
func pageAddress(source string) (string, error) {
	u, err := url.Parse(source)
	if err != nil || u.Host == "" || u.User != nil {
		return "", errors.New("the source is not the address of a page; write https://status.example.com")
	}
	path := strings.TrimSuffix(strings.TrimRight(u.Path, "/"), "/api/v2")
	return u.Scheme + "://" + u.Host + strings.TrimRight(path, "/"), nil
}

func fetchDocument(ctx context.Context, client *http.Client, address string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, unreachable(address, err)
	}
	request.Header.Set("User-Agent", "allclear-import")
	request.Header.Set("Accept", "application/json, application/atom+xml, */*;q=0.1")
	answer, err := client.Do(request)
	if err != nil {
		return nil, unreachable(address, err)
	}
	defer func() { _ = answer.Body.Close() }() // read to its end or given up
	switch {
	case answer.StatusCode == http.StatusNotFound, answer.StatusCode == http.StatusGone:
		return nil, errNoDocument
	case answer.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("%s answered %s", address, answer.Status)
	}
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxImport+1))
	if err != nil {
		return nil, unreachable(address, err)
	}
	if len(text) > maxImport {
		return nil, fmt.Errorf("%s has more than %d MiB and was not read", address, maxImport>>20)
	}
	if isHTML(text) { // many sites answer a page for people to whatever they do not know
		return nil, errNoDocument
	}
	return text, nil
}

func isHTML(text []byte) bool {
	start := bytes.ToLower(bytes.TrimSpace(text[:min(len(text), 512)]))
	return bytes.HasPrefix(start, []byte("<!doctype html")) || bytes.HasPrefix(start, []byte("<html"))
}

// unreachable says why an address could not be read, without repeating the request.
func unreachable(address string, err error) error {
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return fmt.Errorf("%s did not answer completely within %s", address, fetchWithin)
	}
	if failed, ok := errors.AsType[*url.Error](err); ok {
		err = failed.Err
	}
	return fmt.Errorf("%s cannot be read (%w)", address, err)
}
