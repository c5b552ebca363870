// A program that holds the same ULID in every shape that Go programs use.
package main

import "fmt"

// ULID stands for the type of the usual package.
type ULID [16]byte

type record struct {
	ID   ULID
	Name string
}

func main() {
	text := "01ARZ3NDEKTSV4RRFFQ69G5FAV"
	value := ULID{0x01, 0x56, 0x3e, 0x3a, 0xb5, 0xd3, 0xd6, 0x76, 0x4c, 0x61, 0xef, 0xb9, 0x93, 0x02, 0xbd, 0x5b}
	rawID := [16]byte(value)
	sliceID := rawID[:]
	codes := []byte(text)
	pointer := &value
	var any_id interface{} = value
	listed := []string{text, "01BX5ZZKBKACTAV9WEVGEMMVRY"}
	digest := rawID
	tooLong := text + "0"
	overflow := "8ZZZZZZZZZZZZZZZZZZZZZZZZZ"
	prefixed := "user_" + text
	rec := record{value, text}
	byID := map[string]int{text: 1}
	fmt.Println("ready", text) // break here
	fmt.Println("set to", text)
	fmt.Println(sliceID, codes, pointer, any_id, listed, digest, tooLong, overflow, prefixed, rec, byID)
}
