// program.go - what Go's scheduler, collector, network poller and os/exec ask
// of the kernel and of signal delivery. The output is known.
package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// A loop without calls is only left by the preemption signal.
func preemption() {
	before := runtime.GOMAXPROCS(1)
	go func() {
		for x := 0; x >= 0; x++ {
		}
	}()
	time.Sleep(20 * time.Millisecond)
	fmt.Println("preempted")
	runtime.GC()
	runtime.GOMAXPROCS(before + 2)
}

func goroutines() {
	var wg sync.WaitGroup
	var mu sync.Mutex
	var n int64
	sums := map[int]int{}
	for i := 0; i < 200; i++ {
		wg.Add(1)
		go func(i int) {
			defer wg.Done()
			for k := 0; k < 1000; k++ {
				atomic.AddInt64(&n, 1)
				if k%100 == 0 {
					mu.Lock()
					sums[i] += k
					mu.Unlock()
					runtime.Gosched()
				}
			}
		}(i)
	}
	wg.Wait()
	total := 0
	for _, s := range sums {
		total += s
	}
	fmt.Println("counted", n, total)
	values, done := make(chan int), make(chan int)
	go func() {
		sum := 0
		for v := range values {
			sum += v
		}
		done <- sum
	}()
	for i := 0; i < 10000; i++ {
		values <- i
	}
	close(values)
	fmt.Println("channel", <-done)
}

func recovered(f func()) {
	defer func() { fmt.Println("recovered:", recover()) }()
	f()
}

func faults() {
	var p *struct{ x int }
	var a []int
	zero := 0
	recovered(func() { fmt.Println(p.x) })
	recovered(func() { p.x = 1 })
	recovered(func() { fmt.Println(1 / zero) })
	recovered(func() { fmt.Println(a[zero]) })
}

func children() {
	out, err := exec.Command("/bin/sh", "-c", "echo child; exit 3").Output()
	fmt.Printf("%q %v\n", out, err)
	_, err = exec.Command("/nonexistent").Output()
	fmt.Println(err)
	err = exec.Command("/bin/sh", "-c", "kill -SEGV $$").Run()
	fmt.Println(err)
	ctx, cancel := context.WithTimeout(context.Background(),
		50*time.Millisecond)
	defer cancel()
	fmt.Println(exec.CommandContext(ctx, "/bin/sleep", "100").Run())
}

func signals() {
	c := make(chan os.Signal, 10)
	for _, s := range []syscall.Signal{syscall.SIGUSR1, syscall.SIGTERM, 40} {
		signal.Notify(c, s)
		syscall.Kill(os.Getpid(), s)
		fmt.Println(<-c)
	}
}

func server() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go http.Serve(l, http.HandlerFunc(
		func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			w.Write(body)
		}))
	var wg sync.WaitGroup
	right := int32(0)
	for i := 0; i < 20; i++ {
		wg.Add(1)
		go func(i int) {
			defer wg.Done()
			sent := sha256.New()
			r, w := io.Pipe()
			go func() {
				both := io.MultiWriter(w, sent)
				for k := 0; k < 200; k++ {
					fmt.Fprintf(both, "%d-%d\n", i, k)
				}
				w.Close()
			}()
			reply, err := http.Post("http://"+l.Addr().String(),
				"text/plain", r)
			if err != nil {
				fmt.Println(err)
				return
			}
			got := sha256.New()
			io.Copy(got, reply.Body)
			reply.Body.Close()
			if string(got.Sum(nil)) == string(sent.Sum(nil)) {
				atomic.AddInt32(&right, 1)
			}
		}(i)
	}
	wg.Wait()
	fmt.Println("right replies:", right)
}

// Garbage while other goroutines' stacks grow and move.
func memory() {
	var deep func(int) int
	deep = func(n int) int {
		var room [100]int
		room[n%100] = n
		if n == 0 {
			return 0
		}
		return deep(n-1) + room[n%100] - n + 1
	}
	depth := make(chan int)
	for i := 0; i < 4; i++ {
		go func() { depth <- deep(20000) }()
	}
	live := map[int][]byte{}
	for i := 0; i < 20000; i++ {
		b := make([]byte, 5000)
		b[i%5000] = byte(i)
		if i%100 == 0 {
			live[i] = b
		}
	}
	for i, b := range live {
		if b[i%5000] != byte(i) {
			fmt.Println("lost", i)
		}
	}
	fmt.Println("live", len(live), <-depth+<-depth+<-depth+<-depth)
}

func main() {
	preemption()
	goroutines()
	faults()
	children()
	signals()
	server()
	memory()
}
