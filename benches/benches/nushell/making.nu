let save = measure --rounds 9 --operations 1000000 {
    "ulid generate --lines, saved": { ulid generate --count 1000000 --lines | save --force many.txt }
    "ulid generate --random --lines, saved": { ulid generate --count 1000000 --random --lines | save --force random.txt }
}
check "written" (ulid stats many.txt | select valid duplicate sorted) {valid: 1000000, duplicate: 0, sorted: true}
check "random" (ulid stats random.txt | select valid duplicate) {valid: 1000000, duplicate: 0}
$save ++ (measure --rounds 9 --operations 100000 {
    "ulid generate --count 100000": { ulid generate --count 100000 | ignore }
    "ulid generate --count 100001, a stream": { ulid generate --count 100001 | length | ignore }
})
