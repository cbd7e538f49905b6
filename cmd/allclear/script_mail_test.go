package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// mailFor waits until exactly so many mails for an address lie in the server's folder. The
// output is the newest as a person reads it: decoded headers, then the text.
func mailFor(ts *testscript.TestScript, neg bool, args []string) {
	wants(ts, neg, args, 2, "mail COUNT ADDRESS")
	count, err := strconv.Atoi(args[0])
	ts.Check(err)
	poll(ts, func() (string, bool) {
		letters, err := lettersFor(mailFolder(ts), args[1])
		if err != nil {
			return err.Error(), false
		}
		if len(letters) > count {
			ts.Fatalf("%s has %d mails, want %d; the newest:\n%s", args[1], len(letters), count, letters[len(letters)-1])
		}
		if len(letters) < count || count == 0 {
			return fmt.Sprintf("%d mails for %s\n", len(letters), args[1]), len(letters) == count
		}
		return letters[count-1], true
	})
}

// lettersFor reads the mails to an address, oldest first: their names begin with a time.
func lettersFor(folder, address string) ([]string, error) {
	names, err := filepath.Glob(filepath.Join(folder, "*.eml"))
	if err != nil {
		return nil, err
	}
	var letters []string
	for _, name := range names {
		file, err := os.Open(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		text, to, err := readLetter(file)
		if e := file.Close(); err == nil {
			err = e
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if slices.Contains(to, address) {
			letters = append(letters, text)
		}
	}
	return letters, nil
}

func readLetter(r io.Reader) (text string, to []string, err error) {
	message, err := netmail.ReadMessage(r)
	if err != nil {
		return "", nil, err
	}
	var b strings.Builder
	decoder := &mime.WordDecoder{}
	for _, name := range slices.Sorted(maps.Keys(message.Header)) {
		for _, value := range message.Header[name] {
			plain, err := decoder.DecodeHeader(value)
			if err != nil {
				return "", nil, err
			}
			fmt.Fprintf(&b, "%s: %s\n", name, plain)
		}
	}
	list, err := message.Header.AddressList("To")
	if err != nil {
		return "", nil, err
	}
	for _, a := range list {
		to = append(to, a.Address)
	}
	body, err := plainPart(message)
	return b.String() + "\n" + body, to, err
}

// plainPart is the text that a mail program without HTML shows.
func plainPart(message *netmail.Message) (string, error) {
	kind, params, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	if err != nil {
		return "", err
	}
	if !strings.HasPrefix(kind, "multipart/") {
		return "", fmt.Errorf("the mail is %s, want several parts", kind)
	}
	parts := multipart.NewReader(message.Body, params["boundary"])
	for {
		part, err := parts.NextRawPart()
		if err != nil {
			return "", fmt.Errorf("no part is plain text: %w", err)
		}
		if !strings.HasPrefix(part.Header.Get("Content-Type"), "text/plain") {
			continue
		}
		var r io.Reader = part
		if strings.EqualFold(part.Header.Get("Content-Transfer-Encoding"), "quoted-printable") {
			r = quotedprintable.NewReader(part)
		}
		text, err := io.ReadAll(r)
		return strings.ReplaceAll(string(text), "\r\n", "\n"), err
	}
}
