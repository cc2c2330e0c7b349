package localtls

import (
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"time"
)

// Names of the files in an Authority's folder.
const (
	caFile    = "ca.pem"
	caKeyFile = "ca-key.pem"
	leafFile  = "cert.pem"
	keyFile   = "key.pem"
)

// LoadOrCreate returns the Authority kept in dir, which is made when there is
// none. The certificate is replaced when it ends within 30 days or lacks one
// of the hosts; the authority's own only when it does not admit a host. Keys
// are never replaced.
//
// Processes may call it for the same folder at once: a key is published by
// whoever is first, certificates follow from the keys, and every file appears
// whole.
//
// Errors name the file that is at fault and what to do.
func LoadOrCreate(dir string, hosts []string, now time.Time) (*Authority, error) {
	n, err := parseNames(hosts)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // ca.pem is for everybody, keys have a mode of their own
		return nil, fmt.Errorf("localtls: %w", err)
	}
	f := folder(dir)
	caKey, err := f.key(caKeyFile, caFile)
	if err != nil {
		return nil, err
	}
	ca, fresh, err := f.ca(caKey, n, now)
	if err != nil {
		return nil, err
	}
	key, err := f.key(keyFile, leafFile)
	if err != nil {
		return nil, err
	}
	leaf, err := f.leaf(ca, caKey, key, n, now)
	if err != nil {
		return nil, err
	}
	a := newAuthority(ca, caKey, leaf, key, now)
	a.caPath, a.fresh = f.path(caFile), fresh
	return a, nil
}

type folder string

func (f folder) path(name string) string { return filepath.Join(string(f), name) }

// fault says which file is wrong and how to get out.
func (f folder) fault(name, what string) error {
	return fmt.Errorf("localtls: %s %s; delete the four .pem files in %s to have new ones made, then run faux0 trust again",
		f.path(name), what, string(f))
}

// key reads a private key, or publishes a new one if there is none. A
// certificate without its key is a fault: a new key would silently end the
// trust that was put into the certificate.
func (f folder) key(name, certName string) (*ecdsa.PrivateKey, error) {
	key, err := f.readKey(name)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if _, err := os.Stat(f.path(certName)); err == nil {
		// The key is published first: look again before calling it missing.
		if key, err := f.readKey(name); !errors.Is(err, fs.ErrNotExist) {
			return key, err
		}
		return nil, f.fault(name, "is missing beside "+certName)
	}
	der, err := x509.MarshalPKCS8PrivateKey(newKey())
	if err != nil {
		return nil, fmt.Errorf("localtls: %w", err)
	}
	err = f.publish(name, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600)
	if err != nil {
		return nil, err
	}
	return f.readKey(name)
}

func (f folder) readKey(name string) (*ecdsa.PrivateKey, error) {
	block, err := f.read(name, "PRIVATE KEY")
	if err != nil {
		return nil, err
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block)
	if err != nil {
		return nil, f.fault(name, "holds no readable key")
	}
	key, ok := parsed.(*ecdsa.PrivateKey)
	if !ok {
		return nil, f.fault(name, "holds a key that is not ECDSA")
	}
	return key, nil
}

func (f folder) ca(key *ecdsa.PrivateKey, n names, now time.Time) (cert *x509.Certificate, fresh bool, err error) {
	old, err := f.readCert(caFile, key)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, false, err
	case !old.IsCA:
		return nil, false, f.fault(caFile, "is not the certificate of an authority")
	case n.permittedBy(old) && now.Add(renewBefore).Before(old.NotAfter):
		return old, false, nil
	default:
		n.mergeConstraints(old)
	}
	cert, err = newCA(key, n, now)
	if err != nil {
		return nil, false, err
	}
	return cert, true, f.replace(caFile, encodeCert(cert))
}

// mergeConstraints keeps what an earlier call admitted.
func (n *names) mergeConstraints(ca *x509.Certificate) {
	n.merge(ca.PermittedDNSDomains, nil)
	for _, r := range ca.PermittedIPRanges {
		if ones, bits := r.Mask.Size(); ones == bits {
			n.merge(nil, []net.IP{r.IP})
		}
	}
}

func (f folder) leaf(ca *x509.Certificate, caKey, key *ecdsa.PrivateKey, n names, now time.Time) (*x509.Certificate, error) {
	old, err := f.readCert(leafFile, key)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	case n.coveredBy(old) && now.Add(renewBefore).Before(old.NotAfter) && old.CheckSignatureFrom(ca) == nil:
		return old, nil
	default:
		n.merge(old.DNSNames, old.IPAddresses)
	}
	leaf, err := newLeaf(ca, caKey, key, n, now)
	if err != nil {
		return nil, err
	}
	return leaf, f.replace(leafFile, encodeCert(leaf))
}

// readCert reads a certificate and checks that it is the key's.
func (f folder) readCert(name string, key *ecdsa.PrivateKey) (*x509.Certificate, error) {
	block, err := f.read(name, "CERTIFICATE")
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(block)
	if err != nil {
		return nil, f.fault(name, "holds no readable certificate")
	}
	if !key.PublicKey.Equal(cert.PublicKey) {
		return nil, f.fault(name, "does not belong to the key beside it")
	}
	return cert, nil
}

func (f folder) read(name, typ string) ([]byte, error) {
	data, err := os.ReadFile(f.path(name))
	if err != nil {
		return nil, fmt.Errorf("localtls: %w", err)
	}
	block, _ := pem.Decode(data)
	if block == nil || block.Type != typ {
		return nil, f.fault(name, "has no PEM block "+typ)
	}
	return block.Bytes, nil
}

// publish creates the file whole unless it is there already, in which case
// what is there counts.
func (f folder) publish(name string, data []byte, mode fs.FileMode) error {
	temp, err := f.temp(name, data, mode)
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(temp) }()
	err = os.Link(temp, f.path(name))
	if err != nil && !errors.Is(err, fs.ErrExist) {
		// No links on this file system. The file is shorter than a block, so
		// that nobody sees a part of it.
		err = f.exclusive(name, data, mode)
	}
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}

func (f folder) exclusive(name string, data []byte, mode fs.FileMode) error {
	file, err := os.OpenFile(f.path(name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return fmt.Errorf("localtls: %w", err)
	}
	_, err = file.Write(data)
	return errors.Join(err, file.Close())
}

// replace puts the file there whole, whatever was there.
func (f folder) replace(name string, data []byte) error {
	temp, err := f.temp(name, data, 0o644)
	if err != nil {
		return err
	}
	if err := os.Rename(temp, f.path(name)); err != nil {
		_ = os.Remove(temp)
		return fmt.Errorf("localtls: %w", err)
	}
	return nil
}

func (f folder) temp(name string, data []byte, mode fs.FileMode) (string, error) {
	file, err := os.CreateTemp(string(f), name+".*.tmp")
	if err != nil {
		return "", fmt.Errorf("localtls: %w", err)
	}
	_, err = file.Write(data)
	if err = errors.Join(err, file.Chmod(mode), file.Close()); err != nil {
		_ = os.Remove(file.Name())
		return "", fmt.Errorf("localtls: write %s: %w", f.path(name), err)
	}
	return file.Name(), nil
}
