package view

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"
	"sync"
	"time"
)

// goodbye is how long pages have to take the end of the run.
const goodbye = 2 * time.Second

// Listen opens an address. One that other machines can reach needs to be asked for by name.
func Listen(address string, remote bool) (net.Listener, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("listen: %q is no HOST:PORT", address)
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	if a, ok := l.Addr().(*net.TCPAddr); !remote && !(ok && a.IP.IsLoopback()) {
		l.Close()
		return nil, fmt.Errorf("listen: other machines could reach %q and control the run; --allow-remote says that they may", host)
	}
	return l, nil
}

// Names are what a server may be called besides its address in numbers: the name it was told to listen at and, where
// other machines can reach it, that of the machine. A stranger cannot make either point here.
func Names(address string, l net.Listener) (names []string) {
	if host, _, err := net.SplitHostPort(address); err == nil && host != "" && net.ParseIP(host) == nil {
		names = append(names, host)
	}
	if a, ok := l.Addr().(*net.TCPAddr); ok && !a.IP.IsLoopback() {
		if host, err := os.Hostname(); err == nil && host != "" {
			names = append(names, host)
		}
	}
	return names
}

// maxIdle is how many connections may be open that ask for nothing, new ones among them. A browser keeps six.
const maxIdle = 64

// idlers are the connections that ask for nothing, the longest silent first.
type idlers struct {
	mu   sync.Mutex
	list []net.Conn
}

// follow is the server's ConnState: the one that has been silent for longest goes when there are too many.
func (i *idlers) follow(c net.Conn, s http.ConnState) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.list = slices.DeleteFunc(i.list, func(d net.Conn) bool { return d == c })
	if s == http.StateNew || s == http.StateIdle {
		i.list = append(i.list, c)
	}
	if len(i.list) > maxIdle {
		i.list[0].Close()
		i.list = i.list[1:]
	}
}

// Serve answers requests until the context ends, and then for as long as streams take to end, two seconds at most.
func Serve(ctx context.Context, l net.Listener, h http.Handler) error {
	s := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: writeTime,
		IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10, ConnState: new(idlers).follow}
	failed := make(chan error, 1)
	go func() { failed <- s.Serve(l) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), goodbye)
	defer cancel()
	err := s.Shutdown(late)
	if errors.Is(err, context.DeadlineExceeded) {
		err = s.Close()
	}
	<-failed
	return err
}
