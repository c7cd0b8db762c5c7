package main

import (
	"bufio"
	"fmt"
	"os"
	"time"
)

func main() {
	writer := bufio.NewWriter(os.Stdout)
	defer writer.Flush()
	fmt.Fprintln(writer, "first")
	fmt.Fprintln(os.Stderr, "waiting")
	time.Sleep(60 * time.Second)
	fmt.Fprintln(writer, "second")
}
