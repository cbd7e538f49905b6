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
)

const secretKeyBytes = 32

// secretKey is the configured key, else the one in the data folder, which is made once.
func secretKey(cfg *Config) ([]byte, error) {
	if key := cfg.SecretKey.Bytes(); key != nil {
		return key, nil
	}
	file := filepath.Join(cfg.Data, "secret.key")
	key, err := readKey(file)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	return makeKey(file)
}

func readKey(file string) ([]byte, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("the secret key cannot be read: %w", err)
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != secretKeyBytes {
		return nil, fmt.Errorf("%s does not hold base64 of %d bytes; put the key back from a backup", file, secretKeyBytes)
	}
	return key, nil
}

// makeKey writes the key before anything is encrypted with it: synced, readable by the
// owner only. Of two programs that start at once, both end with the same key.
func makeKey(file string) ([]byte, error) {
	key := make([]byte, secretKeyBytes)
	_, _ = rand.Read(key) // never fails: crypto/rand aborts the program instead
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return readKey(file)
	}
	if err != nil {
		return nil, fmt.Errorf("the secret key cannot be written: %w", err)
	}
	_, err = f.WriteString(base64.StdEncoding.EncodeToString(key) + "\n")
	if e := f.Sync(); err == nil {
		err = e
	}
	if e := f.Close(); err == nil {
		err = e
	}
	return key, err
}

// fingerprint names a key without telling it: every node of a database needs the same.
func fingerprint(key []byte) string {
	sum := sha256.Sum256(append([]byte("allclear secret key\x00"), key...))
	return hex.EncodeToString(sum[:8])
}
