# go.sh - go test for another processor, with children.
# shellcheck shell=bash
main()
{
	need go
	cat >go.mod <<-'END'
		module example.org/sum

		go 1.19
	END
	cat >sum_test.go <<-'END'
		package sum

		import (
			"os/exec"
			"runtime"
			"testing"
		)

		func TestArch(t *testing.T) {
			if runtime.GOARCH != "arm64" {
				t.Fatal(runtime.GOARCH)
			}
		}

		func TestChild(t *testing.T) {
			out, err := exec.Command("echo", "x").Output()
			if err != nil || string(out) != "x\n" {
				t.Fatal(string(out), err)
			}
		}
	END
	export GOFLAGS=-mod=mod GOPROXY=off
	GOARCH=arm64 go test -v -exec ferry ./... | tee out
	[ "$(grep -c '^--- PASS' out)" -eq 2 ]
}
