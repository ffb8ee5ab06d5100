// What a program of this folder does: load, compare, time, print.

package bench

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"sort"
	"syscall"
	"time"
)

// Decide answers one sign-in of the stream, by its place.
type Decide func(place int) (bool, error)

// Way is how sign-ins reach the engine. Ready makes of the stream what may be made before the clock runs.
type Way struct {
	Name  string
	Ready func(stream []SignIn) (Decide, error)
}

// Ways of an engine that is asked with a request of its own: made before the clock runs, or within the time.
func Ways[Request any](request func(*SignIn) (Request, error), decide func(tenant string, asked Request) (bool, error)) []Way {
	return []Way{
		{Name: "request ready", Ready: func(stream []SignIn) (Decide, error) {
			requests := make([]Request, len(stream))
			for i := range stream {
				var err error
				if requests[i], err = request(&stream[i]); err != nil {
					return nil, err
				}
			}
			return func(i int) (bool, error) { return decide(stream[i].Tenant, requests[i]) }, nil
		}},
		{Name: "request built", Ready: func(stream []SignIn) (Decide, error) {
			return func(i int) (bool, error) {
				made, err := request(&stream[i])
				if err != nil {
					return false, err
				}
				return decide(stream[i].Tenant, made)
			}, nil
		}},
	}
}

// SetUp is how tenants lie in the engine; Most is the number of tenants beyond which it is not tried (0: any number), because
// of what loading costs.
type SetUp struct {
	Name string
	Most int
	Load func(tenants []Tenant) ([]Way, error)
}

type row struct {
	Peer    string  `json:"peer"`
	Version string  `json:"version"`
	Variant string  `json:"variant"`
	Tenants int     `json:"tenants"`
	Decided int     `json:"decided"`
	Mean    float64 `json:"mean_ns"`      // by the clock
	Spent   float64 `json:"processor_ns"` // of all threads, the collector's too
	P50     float64 `json:"p50"`
	P99     float64 `json:"p99"`
	Load    float64 `json:"load_s"`
	Bytes   uint64  `json:"bytes"` // of the heap, by loading
}

const passes = 5

// Main decides the workload of the folder named on the command line in every set-up and every way, and prints a line of JSON
// for each. Every decision is compared with the one expected; one that differs ends the program.
func Main(peer, module string, setUps ...SetUp) {
	seconds := flag.Float64("seconds", 2, "how long a pass over the stream may take; a longer stream is cut there")
	flag.Parse()
	if flag.NArg() != 1 {
		fail(fmt.Errorf("usage: %s [-seconds S] FOLDER", os.Args[0]))
	}
	tenants, stream := readTenants(flag.Arg(0)), readStream(flag.Arg(0))
	for _, setUp := range setUps {
		if setUp.Most != 0 && len(tenants) > setUp.Most {
			fmt.Fprintf(os.Stderr, "%s, %s: not tried with more than %d tenants\n", peer, setUp.Name, setUp.Most)
			continue
		}
		before, start := heap(), time.Now()
		ways, err := setUp.Load(tenants)
		loaded := time.Since(start).Seconds()
		if err != nil {
			fail(fmt.Errorf("%s, %s: %w", peer, setUp.Name, err))
		}
		bytes := heap() - before
		for _, way := range ways {
			line := row{Peer: peer, Version: version(module), Variant: setUp.Name + ", " + way.Name, Tenants: len(tenants),
				Load: loaded, Bytes: bytes}
			if err := measure(&line, stream, way, *seconds); err != nil {
				fail(fmt.Errorf("%s, %s: %w", peer, line.Variant, err))
			}
			text, err := json.Marshal(line)
			if err != nil {
				fail(err)
			}
			fmt.Println(string(text))
		}
	}
}

func measure(line *row, stream []SignIn, way Way, seconds float64) error {
	decide, err := way.Ready(stream)
	if err != nil {
		return err
	}
	// The first pass compares, says how much of the stream fits the time, and warms up.
	start := time.Now()
	for place := range stream {
		allowed, err := decide(place)
		if err != nil {
			return fmt.Errorf("sign-in %d: %w", place+1, err)
		}
		if allowed != stream[place].Allowed {
			return fmt.Errorf("sign-in %d is decided differently: allowed is %v", place+1, allowed)
		}
		line.Decided++
		if time.Since(start).Seconds() > seconds {
			break
		}
	}
	count := line.Decided
	var byClock, ofProcessor []float64
	for range passes {
		start, spent, allowed := time.Now(), processor(), 0
		for place := range count {
			if yes, _ := decide(place); yes {
				allowed++
			}
		}
		byClock = append(byClock, float64(time.Since(start).Nanoseconds())/float64(count))
		ofProcessor = append(ofProcessor, (processor()-spent)/float64(count))
		for place := range count {
			if stream[place].Allowed {
				allowed--
			}
		}
		if allowed != 0 {
			return fmt.Errorf("a later pass decides differently")
		}
	}
	line.Mean, line.Spent = median(byClock), median(ofProcessor)
	single := make([]float64, count)
	for place := range count {
		start := time.Now()
		if _, err := decide(place); err != nil {
			return err
		}
		single[place] = float64(time.Since(start).Nanoseconds())
	}
	sort.Float64s(single)
	line.P50, line.P99 = single[(count-1)*50/100], single[(count-1)*99/100]
	return nil
}

// Nanoseconds that processors have spent on this program.
func processor() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		fail(err)
	}
	return float64(usage.Utime.Nano() + usage.Stime.Nano())
}

// What is alive on the heap.
func heap() uint64 {
	runtime.GC()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	return memory.HeapAlloc
}

func median(values []float64) float64 {
	sort.Float64s(values)
	return values[len(values)/2]
}

func version(module string) string {
	built, _ := debug.ReadBuildInfo()
	for _, dependency := range built.Deps {
		if dependency.Path == module {
			return dependency.Version
		}
	}
	return "unknown"
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
