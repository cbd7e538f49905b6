package main

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"allclear/status"
)

const secretKeyBytes = 32

// secretKey is the configured key, else the one in the data folder, which is made once;
// made says that this was now.
func secretKey(cfg *Config) (key []byte, made bool, err error) {
	if key := cfg.SecretKey.Bytes(); key != nil {
		return key, false, nil
	}
	key, err = readKey(keyFile(cfg))
	if !errors.Is(err, fs.ErrNotExist) {
		return key, false, err
	}
	key, err = makeKey(keyFile(cfg))
	return key, err == nil, err
}

func keyFile(cfg *Config) string { return filepath.Join(cfg.Data, "secret.key") }

// missingKey takes back a key that was made although the database belongs to another one:
// it would look like the lost one.
func missingKey(cfg *Config) error {
	_ = os.Remove(keyFile(cfg)) // that the other one is missing says more
	return status.Invalid("secret-key", "The database belongs to a secret key, and there is none at %s; put it back from a backup, or give it with --secret-key.", keyFile(cfg))
}

func readKey(file string) ([]byte, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("the secret key %s cannot be read (%w)", file, reasonOf(err))
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != secretKeyBytes {
		return nil, fmt.Errorf("%s does not hold base64 of %d bytes; put the key back from a backup", file, secretKeyBytes)
	}
	return key, nil
}

// makeKey writes the key before anything is encrypted with it: synced, readable by the
// owner only, and under its name only when it is whole. Of two programs that start at once,
// both end with the same key.
func makeKey(file string) ([]byte, error) {
	key := make([]byte, secretKeyBytes)
	_, _ = rand.Read(key) // never fails: crypto/rand aborts the program instead
	draft, err := os.CreateTemp(filepath.Dir(file), ".secret-*")
	if err != nil {
		return nil, unwritten(err)
	}
	defer func() { _ = os.Remove(draft.Name()) }() // by then it is the key's other name, or rubbish
	_, err = draft.WriteString(base64.StdEncoding.EncodeToString(key) + "\n")
	if e := draft.Sync(); err == nil {
		err = e
	}
	if e := draft.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Link(draft.Name(), file)
	}
	switch {
	case errors.Is(err, fs.ErrExist):
		return readKey(file)
	case err != nil:
		return nil, unwritten(err)
	}
	return key, nil
}

func unwritten(err error) error {
	if link, ok := errors.AsType[*os.LinkError](err); ok {
		err = link.Err
	}
	return fmt.Errorf("the secret key cannot be written to the data folder (%w)", reasonOf(err))
}

// fingerprint names a key without telling it: every node of a database needs the same.
func fingerprint(key []byte) string {
	sum := sha256.Sum256(append([]byte("allclear secret key\x00"), key...))
	return hex.EncodeToString(sum[:8])
}
