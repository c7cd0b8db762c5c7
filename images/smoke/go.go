package main

import (
	"bufio"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"os/user"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"
)

func check(condition bool, what ...interface{}) {
	if !condition {
		panic(fmt.Sprint("check failed: ", what))
	}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func threads() {
	var group sync.WaitGroup
	var mutex sync.Mutex
	sum := 0
	for i := 0; i < 100; i++ {
		group.Add(1)
		go func(number int) {
			defer group.Done()
			runtime.LockOSThread()
			mutex.Lock()
			sum += number
			mutex.Unlock()
			runtime.UnlockOSThread()
		}(i)
	}
	group.Wait()
	check(sum == 4950, sum)
}

func processes() {
	command := exec.Command("sh", "-c", "cat; exit 3")
	command.Stdin = strings.NewReader("text")
	output, err := command.Output()
	check(string(output) == "text" && err.(*exec.ExitError).ExitCode() == 3, output, err)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGUSR1)
	must(syscall.Kill(os.Getpid(), syscall.SIGUSR1))
	<-signals
}

func sockets() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	go http.Serve(listener, http.HandlerFunc(func(answer http.ResponseWriter, _ *http.Request) { fmt.Fprint(answer, "hello") }))
	response, err := http.Get("http://" + listener.Addr().String())
	must(err)
	body, err := io.ReadAll(response.Body)
	check(err == nil && string(body) == "hello", body)
	datagrams, err := net.ListenPacket("udp", "127.0.0.1:0")
	must(err)
	sender, err := net.Dial("udp", datagrams.LocalAddr().String())
	must(err)
	_, err = sender.Write([]byte("datagram"))
	must(err)
	buffer := make([]byte, 100)
	size, _, err := datagrams.ReadFrom(buffer)
	check(err == nil && size == 8, size)
	local, err := net.Listen("unix", "local.sock")
	must(err)
	local.Close()
}

func clocks() {
	before := time.Now()
	time.Sleep(10 * time.Millisecond)
	check(time.Since(before) >= 10*time.Millisecond)
	select {
	case <-time.After(time.Millisecond):
	case <-time.After(5 * time.Second):
		panic("the timer did not fire")
	}
	check(time.Now().Year() > 2020)
}

func files() {
	folder, err := os.MkdirTemp("", "smoke")
	must(err)
	path := filepath.Join(folder, "ümlaut")
	must(os.WriteFile(path, []byte("one\ntwo\n"), 0o600))
	must(os.Symlink("ümlaut", filepath.Join(folder, "link")))
	file, err := os.Open(filepath.Join(folder, "link"))
	must(err)
	line, err := bufio.NewReader(file).ReadString('\n')
	check(err == nil && line == "one\n", line)
	mapped, err := syscall.Mmap(int(file.Fd()), 0, 8, syscall.PROT_READ, syscall.MAP_SHARED)
	check(err == nil && mapped[0] == 'o')
	must(syscall.Flock(int(file.Fd()), syscall.LOCK_EX))
	must(os.Rename(path, path+"2"))
	must(os.RemoveAll(folder))
}

func environment() {
	must(os.Setenv("NAME", "value"))
	output, err := exec.Command("sh", "-c", "printf $NAME").Output()
	check(err == nil && string(output) == "value")
	folder, err := os.Getwd()
	check(err == nil && folder == os.Getenv("HOME") && runtime.NumCPU() > 0)
	_, err = os.Hostname()
	must(err)
}

func numbers() {
	check(math.Abs(math.Sin(math.Pi/2)-1) < 1e-9)
	_, err := rand.Read(make([]byte, 8))
	must(err)
	check(fmt.Sprintf("%x", sha256.Sum256([]byte("x")))[:6] == "2d7116")
}

func users() {
	me, err := user.Current()
	must(err)
	check(me.Username != "" && me.HomeDir == os.Getenv("HOME"), me)
}

func text() {
	check(strings.ToUpper("äöü") == "ÄÖÜ" && len([]rune("straße")) == 6)
}

func main() {
	areas := []struct {
		name string
		test func()
	}{{"threads", threads}, {"processes", processes}, {"sockets", sockets}, {"clocks", clocks}, {"files", files},
		{"environment", environment}, {"numbers", numbers}, {"user", users}, {"text", text}}
	for _, area := range areas {
		area.test()
		fmt.Println(area.name, "ok")
	}
	fmt.Println("done")
}
